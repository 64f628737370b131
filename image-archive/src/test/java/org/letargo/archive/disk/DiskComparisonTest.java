package org.letargo.archive.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.letargo.archive.checkpoint.CheckpointStore;
import org.letargo.archive.checkpoint.CheckpointWriter;
import org.letargo.archive.checkpoint.Checkpoints;
import org.letargo.archive.checkpoint.StoredCheckpoint;
import org.letargo.archive.store.testing.MemoryChunkStore;

/** What is told to be different is what is different, though no content is read. */
@EnabledIf(
    value = "org.letargo.archive.disk.KernelFileSystemCalls#isUsable",
    disabledReason = "device nodes and trusted attributes need root")
class DiskComparisonTest {
  private static final IdRange IDS = new IdRange(100_000);
  private static final DiskComparison.Template NO_TEMPLATE = _ -> OptionalLong.empty();

  @TempDir Path scratch;
  private final FileSystemCalls calls = new KernelFileSystemCalls();
  private CheckpointStore store;
  private Path upper;
  private int taken;

  @BeforeEach
  void directories() throws IOException {
    store = CheckpointStore.open(new MemoryChunkStore(), scratch.resolve("checkpoints"));
    upper = owned(Files.createDirectory(scratch.resolve("upper")));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void tellsExactlyWhatHasChanged(long seed) throws IOException {
    new RandomTree(seed, calls, IDS).fill(upper, 120);
    var mutations = new RandomMutations(new Random(seed), upper, calls, IDS);
    capture();
    Map<String, String> before = tree();
    mutations.make(25);
    capture();
    Map<String, String> after = tree();

    List<FileChange> there = compare(0, 1, NO_TEMPLATE);
    List<FileChange> back = compare(1, 0, NO_TEMPLATE);

    assertThat(kinds(there)).isEqualTo(expected(before, after));
    assertThat(kinds(back)).isEqualTo(expected(after, before));
    assertThat(compare(1, 1, NO_TEMPLATE)).isEmpty();
  }

  @Test
  void knowsWhatTheTemplateHas() throws IOException {
    Map<String, Long> template =
        Map.of(
            "etc", 0L, "etc/motd", 9L, "etc/hosts", 20L, "usr", 0L, "usr/doc", 0L, "usr/doc/a", 3L);
    owned(Files.createDirectory(upper.resolve("etc")));
    capture();
    write("etc/motd", "changed");
    write("etc/new", "12345");
    whiteout("etc/hosts");
    owned(Files.createDirectory(upper.resolve("usr")));
    whiteout("usr/doc");
    capture();

    assertThat(compare(0, 1, rawPath -> size(template, rawPath)))
        .containsExactly(
            new FileChange("etc/motd", FileChange.Kind.CHANGED, 9, 7),
            new FileChange("etc/new", FileChange.Kind.ADDED, 0, 5),
            new FileChange("etc/hosts", FileChange.Kind.REMOVED, 20, 0),
            new FileChange("usr/doc", FileChange.Kind.REMOVED, 0, 0));
    assertThat(compare(1, 0, rawPath -> size(template, rawPath)))
        .containsExactly(
            new FileChange("etc/motd", FileChange.Kind.CHANGED, 7, 9),
            new FileChange("etc/new", FileChange.Kind.REMOVED, 5, 0),
            new FileChange("etc/hosts", FileChange.Kind.ADDED, 0, 20),
            new FileChange("usr/doc", FileChange.Kind.ADDED, 0, 0));
  }

  @Test
  void followsAFileOfTheTemplateThatIsChangedDeletedAndMadeAgain() throws IOException {
    Map<String, Long> template = Map.of("motd", 9L, "d", 0L, "d/x", 4L);
    write("motd", "changed");
    capture();
    Files.delete(upper.resolve("motd"));
    whiteout("motd");
    capture();
    Files.delete(upper.resolve("motd"));
    write("motd", "again");
    capture();
    Path opaque = owned(Files.createDirectory(upper.resolve("d")));
    calls.setXattr(opaque, Xattrs.OPAQUE, new byte[] {'y'});
    write("d/x", "mine");
    capture();

    assertThat(compare(0, 1, rawPath -> size(template, rawPath)))
        .containsExactly(new FileChange("motd", FileChange.Kind.REMOVED, 7, 0));
    assertThat(compare(1, 2, rawPath -> size(template, rawPath)))
        .containsExactly(new FileChange("motd", FileChange.Kind.ADDED, 0, 5));
    assertThat(compare(0, 2, rawPath -> size(template, rawPath)))
        .containsExactly(new FileChange("motd", FileChange.Kind.CHANGED, 7, 5));
    assertThat(compare(2, 3, rawPath -> size(template, rawPath)))
        .as("the other one shows the template's")
        .containsExactly(new FileChange("d/x", FileChange.Kind.CHANGED, 4, 4));
    Files.delete(upper.resolve("d/x"));
    capture();
    assertThat(compare(3, 4, rawPath -> size(template, rawPath)))
        .as("hidden by the directory")
        .containsExactly(new FileChange("d/x", FileChange.Kind.REMOVED, 4, 0));
  }

  private static OptionalLong size(Map<String, Long> template, String rawPath) {
    return template.containsKey(rawPath)
        ? OptionalLong.of(template.get(rawPath))
        : OptionalLong.empty();
  }

  private void capture() throws IOException {
    try (CheckpointWriter writer = store.begin()) {
      new DiskCapture(calls, IDS, scratch.resolve("index")).capture(upper, writer, Set.of());
      writer.commit(Checkpoints.description(Checkpoints.id(taken++)));
    }
  }

  private List<FileChange> compare(int a, int b, DiskComparison.Template template)
      throws IOException {
    List<FileChange> found = new ArrayList<>();
    try (StoredCheckpoint before = store.read(Checkpoints.id(a));
        StoredCheckpoint after = store.read(Checkpoints.id(b))) {
      new DiskComparison(before, after, template, found::add).run();
    }
    return found;
  }

  private static Map<String, FileChange.Kind> kinds(List<FileChange> changes) {
    Map<String, FileChange.Kind> kinds = new TreeMap<>();
    changes.forEach(change -> assertThat(kinds.put(change.path(), change.kind())).isNull());
    return kinds;
  }

  private static Map<String, FileChange.Kind> expected(
      Map<String, String> before, Map<String, String> after) {
    var paths = new TreeSet<>(before.keySet());
    paths.addAll(after.keySet());
    Map<String, FileChange.Kind> expected = new TreeMap<>();
    for (String path : paths) {
      if (!before.containsKey(path)) {
        expected.put(path, FileChange.Kind.ADDED);
      } else if (!after.containsKey(path)) {
        expected.put(path, FileChange.Kind.REMOVED);
      } else if (!before.get(path).equals(after.get(path))) {
        expected.put(path, FileChange.Kind.CHANGED);
      }
    }
    return expected;
  }

  /** All but times, by path; a further name of a file says which is its first. */
  private Map<String, String> tree() throws IOException {
    Map<String, String> tree = new TreeMap<>();
    describe(upper, "", tree, new HashMap<>());
    return tree;
  }

  private void describe(
      Path path, String raw, Map<String, String> tree, Map<FileId, String> firstNames)
      throws IOException {
    FileStatus status = calls.status(path);
    if (status.isWhiteout() || status.type() == FileStatus.Type.SOCKET) {
      return;
    }
    String first = firstNames.putIfAbsent(status.id(), raw);
    var text = new StringBuilder();
    if (status.type() != FileStatus.Type.DIRECTORY && first != null) {
      text.append("as ").append(first).append(": ");
    }
    text.append(status.type()).append(' ').append(status.mode()).append(' ');
    text.append(status.userId()).append(' ').append(status.groupId()).append(' ');
    text.append(status.deviceMajor()).append(':').append(status.deviceMinor()).append(' ');
    if (!Files.isSymbolicLink(path)) {
      for (String name : calls.listXattrs(path).stream().sorted().toList()) {
        text.append(name).append(Arrays.hashCode(calls.getXattr(path, name))).append(' ');
      }
    }
    switch (status.type()) {
      case REGULAR -> text.append(Arrays.hashCode(Files.readAllBytes(path)));
      case SYMLINK -> text.append(calls.readSymlink(path));
      case DIRECTORY -> {
        List<Path> children = new ArrayList<>();
        try (var found = Files.newDirectoryStream(path)) {
          found.forEach(children::add);
        }
        children.sort(java.util.Comparator.comparing(RawPaths::name));
        for (Path child : children) {
          describe(child, EntryPaths.child(raw, RawPaths.name(child)), tree, firstNames);
        }
      }
      case FIFO, CHARACTER_DEVICE, BLOCK_DEVICE, SOCKET -> {}
    }
    tree.put(RawPaths.shown(raw), text.toString());
  }

  private void write(String path, String content) throws IOException {
    owned(Files.writeString(upper.resolve(path), content));
  }

  private void whiteout(String path) throws IOException {
    calls.makeNode(upper.resolve(path), FileStatus.Type.CHARACTER_DEVICE, 0, 0, 0);
  }

  private Path owned(Path path) throws IOException {
    calls.changeOwner(path, IDS.toHost(0), IDS.toHost(0));
    assertThat(Files.exists(path, LinkOption.NOFOLLOW_LINKS)).isTrue();
    return path;
  }
}
