package org.letargo.archive.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Changes a tree as the programs of a VPS do, from a seed. */
final class RandomMutations {
  private final Random random;
  private final Path root;
  private final FileSystemCalls calls;
  private final IdRange ids;
  private int made;

  RandomMutations(Random random, Path root, FileSystemCalls calls, IdRange ids) {
    this.random = random;
    this.root = root;
    this.calls = calls;
    this.ids = ids;
  }

  void make(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      one();
    }
  }

  private void one() throws IOException {
    List<Path> files = new ArrayList<>();
    List<Path> directories = new ArrayList<>(List.of(root));
    list(root, files, directories);
    Path directory = directories.get(random.nextInt(directories.size()));
    Path fresh = directory.resolve("m" + made++);
    if (files.isEmpty()) {
      owned(Files.write(fresh, bytes(1 + random.nextInt(100_000))));
      return;
    }
    Path file = files.get(random.nextInt(files.size()));
    switch (random.nextInt(13)) {
      case 0 -> overwrite(file);
      case 1 -> Files.write(file, bytes(random.nextInt(90_000)), StandardOpenOption.APPEND);
      case 2 -> truncate(file);
      case 3 -> Files.move(file, fresh);
      case 4 -> Files.createLink(fresh, file);
      case 5 -> Files.delete(file);
      case 6 -> { // as editors save
        owned(Files.write(fresh, bytes((int) Math.min(1 << 20, Files.size(file)))));
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
      }
      case 7 -> calls.setXattr(file, "user.m", bytes(random.nextInt(300)));
      case 8 -> calls.makeNode(fresh, FileStatus.Type.CHARACTER_DEVICE, 0, 0, 0);
      case 9 -> calls.setXattr(directory, "trusted.overlay.opaque", new byte[] {'y'});
      case 10 -> calls.extend(file, Files.size(file) + random.nextInt(1 << 20)); // a hole
      case 11 -> owned(Files.createDirectory(fresh));
      default -> calls.changeModifiedTime(file, random.nextLong(2_000_000_000L), 0);
    }
  }

  private void overwrite(Path file) throws IOException {
    try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      long at = channel.size() == 0 ? 0 : random.nextLong(channel.size());
      channel.write(ByteBuffer.wrap(bytes(1 + random.nextInt(5_000))), at);
    }
  }

  private void truncate(Path file) throws IOException {
    try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(channel.size() == 0 ? 0 : random.nextLong(channel.size()));
    }
  }

  private void list(Path directory, List<Path> files, List<Path> directories) throws IOException {
    try (var children = Files.newDirectoryStream(directory)) {
      for (Path child : children) {
        if (Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS)) {
          directories.add(child);
          list(child, files, directories);
        } else if (Files.isRegularFile(child, LinkOption.NOFOLLOW_LINKS)) {
          files.add(child);
        }
      }
    }
    files.sort(null); // the order of a directory is not the seed's
    directories.sort(null);
  }

  private Path owned(Path path) throws IOException {
    calls.changeOwner(path, ids.toHost(0), ids.toHost(0));
    return path;
  }

  private byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }
}
