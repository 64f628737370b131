package org.letargo.integration.pages;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.letargo.hook.engine.Engine;
import org.letargo.hook.pages.FilePageSource;
import org.letargo.hook.pages.HotPages;
import org.letargo.hook.pages.LazyImages;
import org.letargo.hook.pages.LazyRestore;
import org.letargo.hook.pages.PageProtocol;
import org.letargo.hook.pages.PageSource;
import org.letargo.hook.pages.UserfaultfdSetting;
import org.letargo.integration.harness.Fixture;
import org.letargo.integration.harness.Programs;

/** A container runs again while most of its memory is still with us. */
@Isolated("vm.unprivileged_userfaultfd is the machine's: another hook would put it back meanwhile")
class LazyRestoreIT {
  private static final Path SETTING = Path.of("/proc/sys/vm/unprivileged_userfaultfd");
  private static final int MEBIBYTES = 128;
  private static final int LONGEST_SECONDS = 60;

  @RegisterExtension static final Fixture letargo = Fixture.instance();

  @ParameterizedTest
  @ValueSource(strings = {"tiny", "debian-12"})
  void runsBeforeItsMemoryIsThereAndGetsAllOfIt(String template) throws Exception {
    try (EngineContainer container = EngineContainer.start(letargo.get(), template)) {
      container.startPages(MEBIBYTES);
      Path images = container.makeFolder("images");
      Received.checkpoint(container, images, container.makeFolder("work"));
      String setting = Files.readString(SETTING);

      HotPages first;
      try (FilePageSource source = new FilePageSource(images);
          LazyRestore lazy = restore(container, images, "lazy1", source, HotPages.NONE)) {
        assertThat(container.ask("t")).isEqualTo("alive");
        assertThat(container.ask("v")).isEqualTo("same");
        LazyRestore.Outcome outcome = lazy.done().get(LONGEST_SECONDS, TimeUnit.SECONDS);
        assertThat(outcome).isInstanceOf(LazyRestore.Outcome.Complete.class);
        first = ((LazyRestore.Outcome.Complete) outcome).first();
      }
      container.kill();

      try (FilePageSource source = new FilePageSource(images);
          LazyRestore lazy = restore(container, images, "lazy2", source, first)) {
        assertThat(container.ask("v")).isEqualTo("same");
        assertThat(lazy.done().get(LONGEST_SECONDS, TimeUnit.SECONDS))
            .isInstanceOf(LazyRestore.Outcome.Complete.class);
      }
      assertThat(container.ask("v")).isEqualTo("same");
      assertThat(first.size()).isPositive();
      assertThat(Files.readString(SETTING)).isEqualTo(setting);
      assertThat(container.folder().resolve("lazy2.work/lazy-pages.socket")).doesNotExist();
    }
  }

  @Test
  void isKilledWhenAPageIsLost() throws Exception {
    CountDownLatch restored = new CountDownLatch(1);
    try (EngineContainer container = suspended();
        FilePageSource source = new FilePageSource(container.folder().resolve("images"));
        LazyRestore lazy =
            restore(
                container,
                "lost",
                source,
                new Gate(() -> {
                  restored.await(); // the engine is not done when the first pages are asked for
                  throw new IOException("the disk has gone");
                }))) {
      restored.countDown();
      LazyRestore.Outcome outcome = lazy.done().get(LONGEST_SECONDS, TimeUnit.SECONDS);

      assertThat(outcome).isInstanceOf(LazyRestore.Outcome.Failed.class);
      assertThat(((LazyRestore.Outcome.Failed) outcome).reason())
          .matches("memory of process [0-9]+ at [0-9a-f]+ is lost: the disk has gone");
      assertThat(container.processes()).isEmpty();
    }
  }

  @Test
  void isKilledWhenTheEnginesDaemonDies() throws Exception {
    CountDownLatch midway = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    try (EngineContainer container = suspended();
        FilePageSource source = new FilePageSource(container.folder().resolve("images"));
        LazyRestore lazy =
            restore(
                container,
                "died",
                source,
                new Gate(() -> {
                  midway.countDown();
                  goOn.await();
                }))) {
      assertThat(midway.await(LONGEST_SECONDS, TimeUnit.SECONDS)).isTrue();
      assertThat(container.processes()).isNotEmpty();

      assertThat(daemonOf(container).map(ProcessHandle::destroyForcibly)).containsExactly(true);
      LazyRestore.Outcome outcome = lazy.done().get(LONGEST_SECONDS, TimeUnit.SECONDS);
      goOn.countDown();

      assertThat(outcome)
          .isEqualTo(new LazyRestore.Outcome.Failed("the engine's daemon ended without a reason"));
      assertThat(container.processes()).isEmpty();
    }
  }

  @Test
  void isKilledWhenWeGiveItUp() throws Exception {
    CountDownLatch midway = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    try (EngineContainer container = suspended();
        FilePageSource source = new FilePageSource(container.folder().resolve("images"))) {
      LazyRestore lazy =
          restore(
              container,
              "given-up",
              source,
              new Gate(() -> {
                midway.countDown();
                never.await();
              }));
      assertThat(midway.await(LONGEST_SECONDS, TimeUnit.SECONDS)).isTrue();

      lazy.close();

      assertThat(container.processes()).isEmpty();
    }
  }

  /** Other tests run at the same time, and have engines of their own. */
  private static Stream<ProcessHandle> daemonOf(EngineContainer container) {
    return ProcessHandle.current()
        .children()
        .filter(process -> {
          String line = process.info().commandLine().orElse("");
          return line.contains(" lazy-pages ") && line.contains(container.folder() + "/");
        });
  }

  /** What happens in the middle of the restore. */
  private interface Happening {
    void happen() throws Exception;
  }

  /** Something happens when half of the memory has gone through. */
  private record Gate(Happening happening) {
    PageSource before(PageSource source) {
      AtomicLong bytes = new AtomicLong();
      return (object, address, into) -> {
        if (bytes.addAndGet(into.remaining()) > (MEBIBYTES / 2L) << 20) {
          try {
            happening.happen();
          } catch (IOException e) {
            throw e;
          } catch (Exception e) {
            throw new IOException(e);
          }
        }
        source.read(object, address, into);
      };
    }
  }

  private static EngineContainer suspended() throws IOException {
    EngineContainer container = EngineContainer.start(letargo.get(), "tiny");
    container.startPages(MEBIBYTES);
    Received.checkpoint(container, container.makeFolder("images"), container.makeFolder("work"));
    return container;
  }

  private static LazyRestore restore(
      EngineContainer container, String called, FilePageSource source, Gate gate)
      throws IOException {
    return restore(
        container,
        container.folder().resolve("images"),
        called,
        gate.before(source),
        HotPages.NONE);
  }

  private static LazyRestore restore(
      EngineContainer container, Path images, String called, PageSource source, HotPages hot)
      throws IOException {
    Path folder = container.makeFolder(called);
    LazyImages.Made made = prepare(container, images, folder, source, hot);
    assertThat(made.lazyPages()).isPositive();
    assertThat(made.presentPages()).isGreaterThanOrEqualTo(hot.size());
    return restore(container, folder, container.makeFolder(called + ".work"), source);
  }

  static LazyImages.Made prepare(
      EngineContainer container, Path images, Path folder, PageSource source, HotPages hot)
      throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(images)) {
      for (Path file : files) {
        if (!file.getFileName().toString().startsWith("pages-")) {
          Files.copy(file, folder.resolve(file.getFileName()));
        }
      }
    }
    LazyImages.Made made = LazyImages.make(folder, source, hot, PageProtocol.SINCE_4_2);
    container.giveTo(folder);
    return made;
  }

  static LazyRestore restore(EngineContainer container, Path folder, Path work, PageSource source) {
    LazyRestore lazy =
        LazyRestore.start(
            new LazyRestore.Setup(
                new Engine(Received.engine(), "4.2.1"),
                folder,
                work,
                source,
                new UserfaultfdSetting(container.folder().resolve("userfaultfd.json")),
                Programs.relay()));
    container.restore(folder, work, List.of("--lazy-pages"), lazy::hold);
    return lazy;
  }
}
