package org.letargo.archive;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.MessageDigest;

/**
 * Writes a sealed checkpoint directory as one archive file. The same checkpoint gives the same
 * bytes with any number of processors. Memory stays flat: a few frames of 2 MiB per processor.
 */
public final class ArchiveWriter {
  private static final int THREADS = Math.clamp(Runtime.getRuntime().availableProcessors(), 1, 16);

  private ArchiveWriter() {}

  /**
   * Writes the archive, checking every file's size and hash on the way: what does not fail is a
   * whole and true copy. What has been written when it fails is never a valid archive.
   *
   * @param out stays open and is flushed, it is the caller's
   * @return the manifest of what was written
   * @throws ArchiveException CORRUPT, naming the file that is not what it was when sealed
   */
  public static Manifest write(
      Path checkpointDirectory, OutputStream out, TransferProgress progress) throws IOException {
    return write(checkpointDirectory, out, progress, THREADS);
  }

  static Manifest write(
      Path checkpointDirectory, OutputStream out, TransferProgress progress, int threads)
      throws IOException {
    byte[] manifestBytes = CheckpointDirectory.manifestBytes(checkpointDirectory);
    Manifest manifest = Manifest.parse(manifestBytes);
    try (var frames = new FrameOutputStream(out, threads)) {
      frames.writeFirst(manifestEntry(manifest, manifestBytes));
      long doneBytes = 0;
      for (ManifestFile file : manifest.files()) {
        frames.write(TarHeaders.header(file, manifest));
        copy(checkpointDirectory, file, frames, doneBytes, manifest.totalBytes(), progress);
        frames.write(new byte[TarHeaders.paddingBytes(file.sizeBytes())]);
        doneBytes += file.sizeBytes();
      }
      frames.write(new byte[TarHeaders.END_BYTES]);
      frames.finish();
      progress.on(doneBytes, doneBytes);
    }
    return manifest;
  }

  /** The first entry, whole: header, content, padding. */
  static byte[] manifestEntry(Manifest manifest, byte[] manifestBytes) {
    byte[] header =
        TarHeaders.header(
            Manifest.FILE_NAME, manifestBytes.length, manifest.checkpoint().takenAt());
    int padding = TarHeaders.paddingBytes(manifestBytes.length);
    return ByteBuffer.allocate(header.length + manifestBytes.length + padding)
        .put(header)
        .put(manifestBytes)
        .array();
  }

  private static void copy(
      Path directory,
      ManifestFile file,
      OutputStream out,
      long doneBytes,
      long totalBytes,
      TransferProgress progress)
      throws IOException {
    MessageDigest digest = FileHash.sha256();
    byte[] buffer =
        new byte[(int) Math.min(FileHash.BUFFER_BYTES, file.sizeBytes() + 1)]; // +1: sees the end
    long sizeBytes = 0;
    try (FileChannel channel = FileHash.open(directory.resolve(file.path()))) {
      for (int n; (n = channel.read(ByteBuffer.wrap(buffer))) > 0; ) {
        sizeBytes += n;
        if (sizeBytes > file.sizeBytes()) {
          throw CheckpointDirectory.damaged(directory, file.path(), "it has grown");
        }
        digest.update(buffer, 0, n);
        out.write(buffer, 0, n);
        progress.on(doneBytes + sizeBytes, totalBytes);
      }
    }
    CheckpointDirectory.requireSize(directory, file, sizeBytes);
    if (!FileHash.hex(digest).equals(file.sha256())) {
      throw CheckpointDirectory.changed(directory, file);
    }
  }
}
