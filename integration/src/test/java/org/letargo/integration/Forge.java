package org.letargo.integration;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.letargo.archive.ArchiveLimits;
import org.letargo.archive.CheckpointDescription;
import org.letargo.archive.TransferProgress;
import org.letargo.archive.checkpoint.CheckpointFile;
import org.letargo.archive.checkpoint.CheckpointStore;
import org.letargo.archive.checkpoint.CheckpointWriter;
import org.letargo.archive.checkpoint.StoredCheckpoint;
import org.letargo.archive.file.ArchiveFileReader;
import org.letargo.archive.file.ArchiveFileWriter;
import org.letargo.archive.store.testing.MemoryChunkStore;

/**
 * Makes archives that lie, out of a true one. Two ways: its bytes are put together anew, frame by
 * frame, with checksums that are right (docs/archive-format.md); or its files are changed and
 * sealed again, so that only what they say is hostile.
 */
final class Forge {
  private static final int BLOCK = 512;
  private static final int FRAME_BYTES = 2 << 20;
  private static final int TABLE_FOOTER_BYTES = 9;
  private static final int TABLE_ENTRY_BYTES = 8;
  private static final int TRAILER_MAGIC = 0x184D2A5C;
  private static final int TABLE_MAGIC = 0x184D2A5E;
  private static final int SEEKABLE_MAGIC = 0x8F92EAB1;

  private final byte[] archive;
  private final byte[] manifestEntry;
  private final byte[] tar;
  private final int firstFrameBytes;

  Forge(byte[] archive) {
    this.archive = archive.clone();
    ByteBuffer bytes = ByteBuffer.wrap(archive).order(ByteOrder.LITTLE_ENDIAN);
    int frames = bytes.getInt(archive.length - TABLE_FOOTER_BYTES);
    int entry = archive.length - TABLE_FOOTER_BYTES - frames * TABLE_ENTRY_BYTES;
    List<byte[]> contents = new ArrayList<>();
    int at = 0;
    this.firstFrameBytes = bytes.getInt(entry);
    for (int frame = 0; frame < frames; frame++, entry += TABLE_ENTRY_BYTES) {
      int packed = bytes.getInt(entry);
      int raw = bytes.getInt(entry + 4);
      if (raw > 0) { // else the trailer
        contents.add(Zstd.decompress(Arrays.copyOfRange(archive, at, at + packed), raw));
      }
      at += packed;
    }
    this.manifestEntry = contents.getFirst();
    ByteArrayOutputStream rest = new ByteArrayOutputStream();
    contents.subList(1, contents.size()).forEach(rest::writeBytes);
    this.tar = rest.toByteArray();
  }

  byte[] archive() {
    return archive.clone();
  }

  /** The size of the compressed manifest. */
  int firstFrameBytes() {
    return firstFrameBytes;
  }

  /** The text of its manifest. */
  String manifest() {
    long size = octal(manifestEntry, 124, 11);
    return new String(manifestEntry, BLOCK, (int) size, StandardCharsets.UTF_8);
  }

  /** A change of the first 512 bytes behind the manifest: the tar header of the first file. */
  interface HeaderLie {
    void apply(byte[] header);
  }

  byte[] withFirstHeader(HeaderLie lie) {
    byte[] changed = tar.clone();
    byte[] header = Arrays.copyOf(changed, BLOCK);
    lie.apply(header);
    repairChecksum(header);
    System.arraycopy(header, 0, changed, 0, BLOCK);
    return assemble(manifestEntry, changed);
  }

  /** Nothing changed: must be accepted, or the forge is no good. */
  byte[] unchanged() {
    return assemble(manifestEntry, tar);
  }

  byte[] withManifest(String json) {
    byte[] content = json.getBytes(StandardCharsets.UTF_8);
    byte[] entry =
        Arrays.copyOf(manifestEntry, BLOCK + (content.length + BLOCK - 1) / BLOCK * BLOCK);
    Arrays.fill(entry, BLOCK, entry.length, (byte) 0);
    System.arraycopy(content, 0, entry, BLOCK, content.length);
    text(entry, 124, "%011o".formatted(content.length));
    byte[] header = Arrays.copyOf(entry, BLOCK);
    repairChecksum(header);
    System.arraycopy(header, 0, entry, 0, BLOCK);
    return assemble(entry, tar);
  }

  /** Its manifest, and then a frame of zeros that is a thousandth of what it says. */
  byte[] withBomb(int contentBytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(Arrays.copyOf(archive, firstFrameBytes));
    out.writeBytes(compress(new byte[contentBytes]));
    return out.toByteArray();
  }

  /** A change of the files of the checkpoint. */
  interface FileLie {
    void apply(Path directory) throws IOException;
  }

  /** A whole, sealed archive with changed files. */
  byte[] withFiles(Path scratch, FileLie lie) throws IOException {
    Path directory = Files.createTempDirectory(scratch, "forge-");
    Files.createDirectory(directory.resolve("checkpoint"));
    Path manifests = Files.createTempDirectory(scratch, "manifests-");
    try (MemoryChunkStore chunks = new MemoryChunkStore()) {
      CheckpointStore store = CheckpointStore.open(chunks, manifests);
      CheckpointDescription description = unpack(store, directory);
      lie.apply(directory);
      try (CheckpointWriter changed = store.begin();
          Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
          changed.file(directory.relativize(file).toString(), Files.readAllBytes(file));
        }
        changed.commit(description);
      }
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      try (StoredCheckpoint checkpoint = store.read(description.id())) {
        ArchiveFileWriter.write(checkpoint, out, TransferProgress.NONE);
      }
      return out.toByteArray();
    }
  }

  private CheckpointDescription unpack(CheckpointStore store, Path directory) throws IOException {
    CheckpointDescription description;
    try (ArchiveFileReader reader = ArchiveFileReader.open(new ByteArrayInputStream(archive));
        CheckpointWriter writer = store.begin()) {
      reader.readInto(
          writer, new ArchiveLimits(Long.MAX_VALUE, Long.MAX_VALUE), TransferProgress.NONE);
      description = reader.manifest().checkpoint();
      writer.commit(description);
    }
    try (StoredCheckpoint checkpoint = store.read(description.id())) {
      for (CheckpointFile file : checkpoint.manifest().files()) {
        checkpoint.materialise(file.path(), directory.resolve(file.path()));
      }
    }
    store.forget(description.id());
    return description;
  }

  private static byte[] assemble(byte[] manifestEntry, byte[] tar) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    List<int[]> sizes = new ArrayList<>();
    put(manifestEntry, out, sizes);
    for (int at = 0; at < tar.length; at += FRAME_BYTES) {
      put(Arrays.copyOfRange(tar, at, Math.min(tar.length, at + FRAME_BYTES)), out, sizes);
    }
    CRC32C crc = new CRC32C();
    crc.update(out.toByteArray());
    byte[] trailer =
        skippable(TRAILER_MAGIC, 12)
            .put("letargo1".getBytes(StandardCharsets.US_ASCII))
            .putInt((int) crc.getValue())
            .array();
    out.writeBytes(trailer);
    sizes.add(new int[] {trailer.length, 0});
    ByteBuffer table =
        skippable(TABLE_MAGIC, sizes.size() * TABLE_ENTRY_BYTES + TABLE_FOOTER_BYTES);
    sizes.forEach(size -> table.putInt(size[0]).putInt(size[1]));
    table.putInt(sizes.size()).put((byte) 0).putInt(SEEKABLE_MAGIC);
    out.writeBytes(table.array());
    return out.toByteArray();
  }

  private static void put(byte[] content, ByteArrayOutputStream out, List<int[]> sizes) {
    byte[] packed = compress(content);
    out.writeBytes(packed);
    sizes.add(new int[] {packed.length, content.length});
  }

  private static byte[] compress(byte[] content) {
    try (ZstdCompressCtx context = new ZstdCompressCtx()) {
      context.setLevel(1).setChecksum(true).setContentSize(true).setDictID(false);
      return context.compress(content);
    }
  }

  private static ByteBuffer skippable(int magic, int contentBytes) {
    return ByteBuffer.allocate(8 + contentBytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(magic)
        .putInt(contentBytes);
  }

  /** A block of a tar: {@code ustar}, without content. */
  static byte[] tarEntry(
      String name, char type, int mode, int userId, String link, int major, int minor) {
    byte[] block = new byte[BLOCK];
    text(block, 0, name);
    text(block, 100, "%07o\0".formatted(mode));
    text(block, 108, "%07o\0".formatted(userId));
    text(block, 116, "%07o\0".formatted(userId));
    text(block, 124, "%011o\0".formatted(0));
    text(block, 136, "%011o\0".formatted(0));
    block[156] = (byte) type;
    text(block, 157, link);
    text(block, 257, "ustar\00000");
    text(block, 329, "%07o\0".formatted(major));
    text(block, 337, "%07o\0".formatted(minor));
    repairChecksum(block);
    return block;
  }

  static void text(byte[] block, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(bytes, 0, block, at, bytes.length);
  }

  private static void repairChecksum(byte[] header) {
    Arrays.fill(header, 148, 156, (byte) ' ');
    int sum = 0;
    for (byte each : header) {
      sum += each & 255;
    }
    text(header, 148, "%06o\0 ".formatted(sum));
  }

  private static long octal(byte[] block, int at, int digits) {
    return Long.parseLong(new String(block, at, digits, StandardCharsets.US_ASCII), 8);
  }
}
