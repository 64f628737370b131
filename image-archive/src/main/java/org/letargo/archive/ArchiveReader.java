package org.letargo.archive;

import static org.letargo.archive.ArchiveException.quoted;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Reads archives. Everything in them is hostile: no length is believed before it has been checked,
 * no name is used that the manifest's strict list does not allow, and the heap stays below 64 MiB
 * whatever they claim. May be called from any thread; streams given stay open, they are the
 * caller's.
 */
public final class ArchiveReader {
  private static final int SIZE_FIELD = 124;
  private static final int SIZE_DIGITS = 11;

  private ArchiveReader() {}

  /**
   * Reads the manifest from the front of an archive, in milliseconds whatever its size. Nothing
   * behind it is looked at.
   *
   * @throws ArchiveException UNSUPPORTED, CORRUPT or REFUSED
   */
  public static Manifest readManifest(InputStream in) throws IOException {
    try (var frames = new FrameInputStream(in)) {
      return manifestOf(frames.first());
    }
  }

  /**
   * Makes a checkpoint directory from an archive, all of it checked and durable. The manifest comes
   * last. On any failure all that was written is removed again.
   *
   * @param emptyDirectory exists, is empty, and nobody else writes there; best private to root
   * @throws ArchiveException TOO_LARGE before anything is written; UNSUPPORTED, CORRUPT, REFUSED
   */
  public static Manifest extract(
      InputStream in, Path emptyDirectory, ArchiveLimits limits, TransferProgress progress)
      throws IOException {
    return extract(in, emptyDirectory, limits, _ -> {}, progress);
  }

  /**
   * The same for a caller that may not want the archive.
   *
   * @param admission sees the manifest before anything behind it is read or anything is written;
   *     what it throws ends the work
   */
  public static Manifest extract(
      InputStream in,
      Path emptyDirectory,
      ArchiveLimits limits,
      Consumer<Manifest> admission,
      TransferProgress progress)
      throws IOException {
    requireEmpty(emptyDirectory);
    try (var frames = new FrameInputStream(in)) {
      byte[] first = frames.first();
      Manifest manifest = manifestOf(first);
      limits.check(manifest, first.length);
      admission.accept(manifest);
      frames.expect(TarHeaders.bytesBehindManifest(manifest));

      new Extraction(frames, manifest, emptyDirectory, progress).run();
      frames.finish();
      DurableFiles.replace(
          emptyDirectory.resolve(Manifest.FILE_NAME),
          ByteBuffer.wrap(first, TarHeaders.BLOCK, contentBytes(first)));
      return manifest;
    } catch (Throwable e) {
      try {
        DurableFiles.empty(emptyDirectory);
      } catch (IOException left) {
        e.addSuppressed(left);
      }
      throw e;
    }
  }

  private static void requireEmpty(Path directory) throws IOException {
    try (Stream<Path> children = Files.list(directory)) {
      if (children.findAny().isPresent()) {
        throw new DirectoryNotEmptyException(directory.toString());
      }
    }
  }

  /** The manifest in its entry: header, JSON, padding, compared in place as it may be large. */
  private static Manifest manifestOf(byte[] entry) {
    int contentBytes = contentBytes(entry);
    Manifest manifest = ManifestJson.parse(entry, TarHeaders.BLOCK, contentBytes);
    byte[] header =
        TarHeaders.header(Manifest.FILE_NAME, contentBytes, manifest.checkpoint().takenAt());
    if (!Arrays.equals(header, Arrays.copyOf(entry, TarHeaders.BLOCK))) {
      throw TarHeaders.unexpected(Manifest.FILE_NAME, contentBytes, entry);
    }
    for (int i = TarHeaders.BLOCK + contentBytes; i < entry.length; i++) {
      requireZero(entry[i], Manifest.FILE_NAME);
    }
    return manifest;
  }

  /** How long the JSON is; the first frame must hold that and nothing else. */
  private static int contentBytes(byte[] entry) {
    long size = 0;
    for (int i = SIZE_FIELD; i < SIZE_FIELD + SIZE_DIGITS; i++) {
      if (entry[i] < '0' || entry[i] > '7') {
        throw TarHeaders.unexpected(Manifest.FILE_NAME, 0, entry);
      }
      size = size << 3 | entry[i] - '0';
    }
    if (TarHeaders.BLOCK + size + TarHeaders.paddingBytes(size) != entry.length) {
      throw ArchiveException.refused(
          "the archive is refused", "its first frame is not the manifest alone");
    }
    return (int) size;
  }

  private static void requireZero(byte padding, String where) {
    if (padding != 0) {
      throw ArchiveException.refused(
          "the archive is refused", "there is something behind " + quoted(where));
    }
  }

  /** The files of one archive on their way to the disk. */
  private static final class Extraction {
    /** A large file is made durable while the rest of it is still coming. */
    private static final long SYNC_EVERY_BYTES = 128L << 20;

    private final InputStream tar;
    private final Manifest manifest;
    private final Path directory;
    private final TransferProgress progress;
    private final byte[] buffer = new byte[FileHash.BUFFER_BYTES];
    private final Set<FileChannel> open = ConcurrentHashMap.newKeySet();
    private long doneBytes;

    Extraction(InputStream tar, Manifest manifest, Path directory, TransferProgress progress) {
      this.tar = tar;
      this.manifest = manifest;
      this.directory = directory;
      this.progress = progress;
    }

    void run() throws IOException {
      try (var sync = new FileWorkers("sync", 8, 32)) {
        if (manifest.hasMemory()) {
          Files.createDirectory(directory.resolve("checkpoint"), DurableFiles.PRIVATE_DIRECTORY);
        }
        for (ManifestFile file : manifest.files()) {
          requireHeader(file);
          write(file, sync);
          requireZeros(TarHeaders.paddingBytes(file.sizeBytes()), file.path());
        }
        requireZeros(TarHeaders.END_BYTES, "the end");
        sync.finish();
        if (manifest.hasMemory()) {
          DurableFiles.syncDirectory(directory.resolve("checkpoint"));
        }
      } finally {
        for (FileChannel channel : open) {
          channel.close();
        }
      }
    }

    private void requireHeader(ManifestFile file) throws IOException {
      byte[] expected = TarHeaders.header(file, manifest);
      byte[] found = new byte[expected.length];
      readFully(found, found.length);
      if (!Arrays.equals(expected, found)) {
        throw TarHeaders.unexpected(file.path(), file.sizeBytes(), found);
      }
    }

    private void write(ManifestFile file, FileWorkers sync) throws IOException {
      MessageDigest digest = FileHash.sha256();
      FileChannel channel = DurableFiles.create(directory.resolve(file.path()));
      open.add(channel);
      long unsynced = 0;
      for (long left = file.sizeBytes(); left > 0; ) {
        int n = tar.read(buffer, 0, (int) Math.min(buffer.length, left));
        if (n < 0) {
          throw new IllegalStateException("the frames have as many bytes as the manifest says");
        }
        digest.update(buffer, 0, n);
        DurableFiles.writeFully(channel, ByteBuffer.wrap(buffer, 0, n));
        left -= n;
        unsynced += n;
        doneBytes += n;
        progress.on(doneBytes, manifest.totalBytes());
        if (unsynced >= SYNC_EVERY_BYTES && left > 0) {
          sync.submit(() -> force(channel));
          unsynced = 0;
        }
      }
      if (!FileHash.hex(digest).equals(file.sha256())) {
        throw ArchiveException.corrupt(
            "the archive is damaged at " + quoted(file.path()),
            "the content does not have the SHA-256 of the manifest");
      }
      sync.submit(() -> {
        force(channel);
        channel.close();
        open.remove(channel);
        return null;
      });
    }

    private static Void force(FileChannel channel) throws IOException {
      channel.force(true);
      return null;
    }

    private void requireZeros(int count, String where) throws IOException {
      readFully(buffer, count);
      for (int i = 0; i < count; i++) {
        requireZero(buffer[i], where);
      }
    }

    private void readFully(byte[] target, int length) throws IOException {
      if (tar.readNBytes(target, 0, length) < length) {
        throw new IllegalStateException("the frames have as many bytes as the manifest says");
      }
    }
  }
}
