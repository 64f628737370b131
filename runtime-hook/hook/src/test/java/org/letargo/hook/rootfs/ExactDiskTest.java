package org.letargo.hook.rootfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;

/** On the file system of temporary files, and of many files in memory; needs root. */
class ExactDiskTest extends ExactDiskContract {
  /** The same was true of 100,000, which take minutes; MANY_FILES=100000 in the environment. */
  private static final int MANY =
      Integer.parseInt(System.getenv().getOrDefault("MANY_FILES", "20000"));

  @TempDir Path temporary;

  @Override
  Path place() {
    return temporary;
  }

  @Override
  boolean keeps() {
    return false;
  }

  /** So many files would keep the journal of a disk busy for minutes. */
  static final class FolderInMemory implements TempDirFactory {
    @Override
    public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext test)
        throws IOException {
      return Files.createTempDirectory(Path.of("/dev/shm"), "letargo-test-");
    }
  }

  @Test
  void carriesManyFiles(@TempDir(factory = FolderInMemory.class) Path memory) throws IOException {
    makeDisk(memory);
    mount();
    for (int i = 0; i < MANY; i++) {
      if (i % 1_000 == 0) {
        own(Files.createDirectory(root().resolve("d" + i / 1_000)));
      }
      own(Files.writeString(root().resolve("d" + i / 1_000 + "/f" + i), "content of " + i));
    }
    checkpoint(0, true, () -> {});
    Map<String, String> first = seen();
    for (int i = 0; i < MANY; i += 1_001) {
      Path file = root().resolve("d" + i / 1_000 + "/f" + i);
      if (i % 2 == 0) {
        Files.delete(file);
      } else {
        Files.writeString(file, "other content of " + i);
      }
    }
    checkpoint(1, true, () -> {});
    Map<String, String> second = seen();

    rewind(0);
    assertThat(seen().equals(first)).isTrue(); // a message would have both
    rewind(1);
    assertThat(seen().equals(second)).isTrue();
    assertThat(second).isNotEqualTo(first);
  }

  /** A hook must start on such a host: checkpoints can only be forgotten by it. */
  @Test
  void keepsNothingWhereNothingCanBeWritten() {
    assertThat(VpsDisk.canKeep(Path.of("/proc"))).isFalse();
  }
}
