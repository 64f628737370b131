package org.letargo.hook.rootfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.letargo.archive.checkpoint.CheckpointStore;
import org.letargo.archive.checkpoint.CheckpointWriter;
import org.letargo.archive.checkpoint.StoredCheckpoint;
import org.letargo.archive.store.testing.MemoryChunkStore;
import org.letargo.hook.testing.Samples;
import org.letargo.hook.vps.StoredVps;
import org.letargo.hook.vps.VpsFolder;
import org.letargo.linux.Extents;
import org.letargo.linux.Xattrs;

/**
 * What a VPS sees of its disk after a rewind is what it saw when the checkpoint was taken: names,
 * contents, owners, modes, attributes, times, links, holes. Everything is done through the mounted
 * overlay, as programs of a VPS do it, while scans read beside them; needs root.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
abstract class ExactDiskContract {
  private static final StoredVps VPS = Samples.stored();
  private static final int CHECKPOINTS = 6;

  private VpsFolder folder;
  private Path template;
  private CheckpointStore store;

  /** An empty folder of the file system that is meant. */
  abstract Path place() throws IOException;

  /** Whether files are kept there, and read when programs have gone on. */
  abstract boolean keeps();

  @BeforeEach
  void makeDisk() throws IOException {
    makeDisk(place());
  }

  void makeDisk(Path place) throws IOException {
    folder = Samples.folder(Files.createDirectory(place.resolve("vps")));
    template = Files.createDirectory(place.resolve("template"));
    store = CheckpointStore.open(new MemoryChunkStore(), place.resolve("checkpoints"));
    RootFileSystem.create(folder, VPS);
  }

  void mount() {
    RootFileSystem.mount(folder, VPS, template);
  }

  VpsFolder folder() {
    return folder;
  }

  @AfterEach
  void leaveNoMount() {
    RootFileSystem.unmount(folder);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void isWhatItWasAtAnyCheckpointInAnyOrder(long seed) throws IOException {
    var random = new Random(seed);
    fillTemplate(random);
    mount();
    List<Map<String, String>> moments = new ArrayList<>();
    for (int i = 0; i < CHECKPOINTS; i++) {
      for (int n = 0; n < 40; n++) {
        change(random, "m" + i + "-" + n);
      }
      moments.add(seen());
      int moment = i;
      checkpoint(
          i,
          random.nextBoolean(),
          () -> {
            for (int n = 0; n < 10; n++) {
              change(random, "n" + moment + "-" + n);
            }
          });
    }
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < CHECKPOINTS; i++) {
      order.add(i);
    }
    Collections.shuffle(order, random);

    for (int moment : order) {
      rewind(moment);
      assertThat(seen()).as("moment " + moment).isEqualTo(moments.get(moment));
      change(random, "after-" + moment); // the next rewind takes it away
    }
  }

  Path root() {
    return folder.rootfs();
  }

  /** As a VPS has it, ids from 0. */
  private void fillTemplate(Random random) throws IOException {
    for (String name : List.of("etc", "usr", "usr/lib", "usr/lib/deep", "var", "srv")) {
      Files.createDirectory(template.resolve(name));
    }
    for (int i = 0; i < 60; i++) {
      String place = List.of("etc", "usr", "usr/lib", "usr/lib/deep", "var").get(i % 5);
      Files.write(template.resolve(place + "/t" + i), bytes(random, random.nextInt(50_000)));
    }
    Files.createLink(template.resolve("usr/linked"), template.resolve("etc/t0"));
    Files.createSymbolicLink(template.resolve("usr/symbolic"), Path.of("../etc/t0"));
  }

  /** One thing that programs do. */
  private void change(Random random, String fresh) throws IOException {
    List<Path> files = new ArrayList<>();
    List<Path> folders = new ArrayList<>(List.of(root()));
    list(root(), files, folders);
    Path place = folders.get(random.nextInt(folders.size())).resolve(fresh);
    Path file = files.get(random.nextInt(files.size()));
    switch (random.nextInt(16)) {
      case 0 -> own(Files.write(place, bytes(random, random.nextInt(300_000))));
      case 1 -> Files.write(file, bytes(random, random.nextInt(9_000)), StandardOpenOption.APPEND);
      case 2 -> overwrite(file, random);
      case 3 -> truncate(file, random);
      case 4 -> Files.move(file, place); // rename
      case 5 -> Files.move(place(file, fresh), file, StandardCopyOption.ATOMIC_MOVE);
      case 6 -> Files.createLink(place, file);
      case 7 -> Files.delete(file); // a whiteout, if it is the template's
      case 8 -> sparse(place, random);
      case 9 -> Xattrs.set(file, "user.note", bytes(random, 1 + random.nextInt(200)));
      case 10 -> Files.setAttribute(file, "unix:mode", 0100000 | random.nextInt(07777));
      case 11 -> Files.setLastModifiedTime(file, FileTime.fromMillis(random.nextInt(1 << 30)));
      case 12 -> own(Files.createDirectory(place));
      case 13 -> remake(random);
      case 14 -> Files.createSymbolicLink(place, Path.of("/etc/t0"));
      default -> Files.setAttribute(file, "unix:uid", VPS.hostIdBase() + random.nextInt(60_000));
    }
    ownLink(place);
  }

  private void ownLink(Path place) throws IOException {
    if (Files.isSymbolicLink(place)) {
      Files.setAttribute(place, "unix:uid", VPS.hostIdBase(), LinkOption.NOFOLLOW_LINKS);
      Files.setAttribute(place, "unix:gid", VPS.hostIdBase(), LinkOption.NOFOLLOW_LINKS);
    }
  }

  /** As editors save. */
  private static Path place(Path file, String fresh) throws IOException {
    return own(Files.writeString(file.resolveSibling(fresh + ".tmp"), "saved anew"));
  }

  /** A folder of the template, made anew: it must not show what the template has below it. */
  private void remake(Random random) throws IOException {
    List<String> names = List.of("usr/lib/deep", "usr/lib", "var", "srv");
    Path again = root().resolve(names.get(random.nextInt(names.size())));
    if (Files.isDirectory(again, LinkOption.NOFOLLOW_LINKS)) {
      delete(again);
    }
    if (Files.isDirectory(again.getParent(), LinkOption.NOFOLLOW_LINKS)) {
      own(Files.createDirectory(again));
      own(Files.writeString(again.resolve("inside"), "new"));
    }
  }

  private static void delete(Path directory) throws IOException {
    try (DirectoryStream<Path> children = Files.newDirectoryStream(directory)) {
      for (Path child : children) {
        if (Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS)) {
          delete(child);
        } else {
          Files.delete(child);
        }
      }
    }
    Files.delete(directory);
  }

  private static void overwrite(Path file, Random random) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      long at = channel.size() == 0 ? 0 : random.nextLong(channel.size());
      channel.write(ByteBuffer.wrap(bytes(random, 1 + random.nextInt(5_000))), at);
    }
  }

  private static void truncate(Path file, Random random) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(channel.size() == 0 ? 0 : random.nextLong(channel.size()));
    }
  }

  private static void sparse(Path file, Random random) throws IOException {
    try (FileChannel channel =
        FileChannel.open(own(Files.createFile(file)), Set.of(StandardOpenOption.WRITE))) {
      channel.write(ByteBuffer.wrap(bytes(random, 4_096)), (long) random.nextInt(100) << 20);
      channel.write(ByteBuffer.wrap(bytes(random, 10)), 300L << 20);
    }
  }

  private static void list(Path directory, List<Path> files, List<Path> folders)
      throws IOException {
    try (DirectoryStream<Path> children = Files.newDirectoryStream(directory)) {
      for (Path child : children) {
        if (Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS)) {
          folders.add(child);
          list(child, files, folders);
        } else if (Files.isRegularFile(child, LinkOption.NOFOLLOW_LINKS)) {
          files.add(child);
        }
      }
    }
    files.sort(null); // the order of a directory is not the seed's
    folders.sort(null);
  }

  /** What happens on a disk. */
  @FunctionalInterface
  interface Use {
    void run() throws IOException;
  }

  /**
   * Takes one.
   *
   * @param scanned whether most was read beforehand, as of a VPS that runs
   * @param goingOn happens before it is read, where files are kept
   */
  void checkpoint(int number, boolean scanned, Use goingOn) throws IOException {
    try (CheckpointWriter writer = store.begin()) {
      if (scanned) {
        VpsDisk.scan(folder, VPS, writer, Set::of);
      }
      try (HeldDisk disk = VpsDisk.hold(folder, VPS, writer, Set.of(), keeps())) {
        if (keeps()) {
          goingOn.run();
        }
        disk.finish();
      }
      writer.commit(Samples.checkpoint(id(number), VPS));
    }
  }

  void rewind(int number) throws IOException {
    RootFileSystem.unmount(folder);
    try (StoredCheckpoint checkpoint = store.read(id(number))) {
      VpsDisk.restore(folder, VPS, checkpoint);
    }
    RootFileSystem.mount(folder, VPS, template);
  }

  private static String id(int number) {
    return "20260131-2359%02d-0a1b2c3d".formatted(number);
  }

  /** All that a program can see, by path. */
  Map<String, String> seen() throws IOException {
    Map<String, String> seen = new TreeMap<>();
    describe(root(), "", seen, new HashMap<>());
    return seen;
  }

  private static void describe(
      Path path, String name, Map<String, String> seen, Map<Object, String> firstNames)
      throws IOException {
    Map<String, Object> status = Files.readAttributes(path, "unix:*", LinkOption.NOFOLLOW_LINKS);
    var text = new StringBuilder();
    text.append(Integer.toOctalString((int) status.get("mode")));
    text.append(" of ").append(status.get("uid")).append(':').append(status.get("gid"));
    text.append(" at ").append(status.get("lastModifiedTime"));
    if (Files.isSymbolicLink(path)) {
      text.append(" to ").append(Files.readSymbolicLink(path));
    } else {
      for (String xattr : Xattrs.list(path).stream().sorted().toList()) {
        text.append(' ').append(xattr);
        text.append(Arrays.hashCode(Xattrs.get(path, xattr).orElseThrow()));
      }
    }
    if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
      String first = firstNames.putIfAbsent(List.of(status.get("dev"), status.get("ino")), name);
      text.append(first == null ? "" : " same as " + first);
      text.append(" size ").append(status.get("size")).append(" data ").append(content(path));
    }
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      List<Path> children = new ArrayList<>();
      try (DirectoryStream<Path> found = Files.newDirectoryStream(path)) {
        found.forEach(children::add);
      }
      children.sort(null);
      for (Path child : children) {
        describe(child, name + "/" + child.getFileName(), seen, firstNames);
      }
    }
    seen.put(name, text.toString());
  }

  /** Without reading holes; where they are is the file system's business. */
  private static int content(Path file) throws IOException {
    int hash = 1;
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      for (Extents.Extent extent : Extents.dataOf(file)) {
        ByteBuffer bytes = ByteBuffer.allocate((int) extent.lengthBytes());
        channel.read(bytes, extent.offsetBytes());
        for (int i = 0; i < bytes.position(); i++) {
          if (bytes.get(i) != 0) {
            hash = 31 * (31 * hash + bytes.get(i)) + Long.hashCode(extent.offsetBytes() + i);
          }
        }
      }
    }
    return hash;
  }

  static Path own(Path path) throws IOException {
    Files.setAttribute(path, "unix:uid", VPS.hostIdBase());
    Files.setAttribute(path, "unix:gid", VPS.hostIdBase());
    return path;
  }

  private static byte[] bytes(Random random, int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }
}
