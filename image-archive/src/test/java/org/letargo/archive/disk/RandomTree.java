package org.letargo.archive.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

/** Makes upper directories of every kind of thing, from a seed. */
final class RandomTree {
  /** Raw names: spaces, quotes, line feeds, UTF-8, no UTF-8, hidden, as long as allowed. */
  private static final List<String> ODD_NAMES =
      List.of(
          "with space",
          "quote'\"\\",
          "line\nfeed",
          "caf\u00c3\u00a9",
          "\u00ff\u00fe\u0080",
          ".hidden",
          "-dash",
          "%2e",
          "GNUSparseFile.0",
          "x".repeat(255));

  private static final byte[] CAPABILITY =
      HexFormat.of().parseHex("0100000200200000000000000000000000000000"); // net_raw, version 2

  private final Random random;
  private final FileSystemCalls calls;
  private final IdRange ids;
  private final List<Path> linkable = new ArrayList<>();
  private int made;

  RandomTree(long seed, FileSystemCalls calls, IdRange ids) {
    this.random = new Random(seed);
    this.calls = calls;
    this.ids = ids;
  }

  /** Fills an empty directory with about so many things. */
  void fill(Path root, int things) throws IOException {
    List<Path> directories = new ArrayList<>(List.of(root));
    while (made < things) {
      Path parent = directories.get(random.nextInt(directories.size()));
      Path child = RawPaths.resolve(parent, name());
      if (Files.exists(child, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
        continue;
      }
      made++;
      switch (random.nextInt(12)) {
        case 0, 1 -> directories.add(Files.createDirectory(child));
        case 2 -> calls.makeSymlink(child, random.nextBoolean() ? "/etc//x" : "../../\u00ff");
        case 3 -> calls.makeNode(child, FileStatus.Type.FIFO, 0644, 0, 0);
        case 4 -> calls.makeNode(child, FileStatus.Type.CHARACTER_DEVICE, 0666, 1, 3);
        case 5 -> calls.makeNode(child, FileStatus.Type.CHARACTER_DEVICE, 0, 0, 0);
        case 6 -> link(child);
        case 7 -> sparse(child);
        default -> Files.write(child, bytes(random.nextInt(3) * random.nextInt(100_000)));
      }
    }
    decorate(root);
  }

  private String name() {
    return random.nextInt(6) == 0
        ? ODD_NAMES.get(random.nextInt(ODD_NAMES.size()))
        : "n" + Integer.toString(random.nextInt(1 << 20), 36);
  }

  private void link(Path child) throws IOException {
    if (linkable.isEmpty()) {
      linkable.add(Files.write(child, bytes(100)));
    } else {
      Files.createLink(child, linkable.get(random.nextInt(linkable.size())));
    }
  }

  private void sparse(Path child) throws IOException {
    try (var channel =
        FileChannel.open(child, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (int i = random.nextInt(4); i > 0; i--) {
        channel.write(
            ByteBuffer.wrap(bytes(4096 * (1 + random.nextInt(3)))), random.nextInt(64) << 16);
      }
    }
    calls.extend(child, 5 << 20);
  }

  /** Owners, modes, attributes and times of everything, children first. */
  private void decorate(Path path) throws IOException {
    FileStatus status = calls.status(path);
    boolean isDirectory = status.type() == FileStatus.Type.DIRECTORY;
    if (isDirectory) {
      try (var children = Files.newDirectoryStream(path)) {
        for (Path child : children) {
          decorate(child);
        }
      }
    }
    if (status.isWhiteout()) {
      return;
    }
    calls.changeOwner(path, ids.toHost(random.nextInt(65_536)), ids.toHost(random.nextInt(3)));
    if (status.type() != FileStatus.Type.SYMLINK) {
      calls.changeMode(path, random.nextInt(8) << 9 | random.nextInt(0400) | 0400);
    }
    if (isDirectory && random.nextInt(3) == 0) {
      calls.setXattr(path, "trusted.overlay.opaque", new byte[] {'y'});
    }
    if (isDirectory || status.type() == FileStatus.Type.REGULAR) {
      for (int i = random.nextInt(3); i > 0; i--) {
        calls.setXattr(path, "user.k=%" + i, bytes(random.nextInt(200)));
      }
    }
    if (status.type() == FileStatus.Type.REGULAR && random.nextInt(5) == 0) {
      calls.setXattr(path, "security.capability", capability());
    }
    calls.changeModifiedTime(
        path, random.nextLong(-1000, 4_000_000_000L), random.nextInt(1_000_000_000));
  }

  /** As the kernel stores it when the VPS's root sets it: version 3 with the root's host id. */
  private byte[] capability() {
    if (ids.base() == 0) {
      return CAPABILITY;
    }
    var value = ByteBuffer.allocate(24).order(java.nio.ByteOrder.LITTLE_ENDIAN).put(CAPABILITY);
    value.putInt((int) ids.toHost(0)).putInt(0, 0x03000001);
    return value.array();
  }

  private byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }
}
