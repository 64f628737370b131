package org.letargo.hook.template;

import java.io.BufferedOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.letargo.archive.ArchiveException;
import org.letargo.archive.disk.DiskLimits;
import org.letargo.archive.disk.FileSystemCalls;
import org.letargo.archive.disk.TemplateDigest;
import org.letargo.archive.disk.TemplateFileReader;
import org.letargo.archive.disk.TemplateFileWriter;
import org.letargo.hook.operation.Operation;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.Progress;
import org.letargo.hook.protocol.TemplateName;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.rootfs.LinuxFileSystemCalls;

/** Templates on their way to another host and from one. */
final class TemplateFile {
  private static final FileSystemCalls CALLS = new LinuxFileSystemCalls();
  private static final int BUFFER_BYTES = 256 << 10;

  /** Kept free when a template is unpacked. */
  private static final long SPARE_BYTES = 64L << 20;

  /** A tree of small files needs as many inodes; ext4 makes one for 16 KiB. */
  private static final long BYTES_PER_ENTRY = 4096;

  private TemplateFile() {}

  /** Writes a template whose files are what they were when it was made. */
  static void send(
      TemplateName name, TemplateInfo info, Path rootfs, OutputStream out, Operation operation)
      throws IOException {
    operation.phase("hash", 2);
    if (!TemplateDigest.of(CALLS, rootfs).text().equals(info.digest())) {
      throw new VpsException(
          Code.CHECKPOINT_CORRUPT,
          "cannot export template '" + name + "'",
          "the files in " + rootfs + " are not what they were when it was made",
          "Use a copy from another host, or build it anew under another name.");
    }
    long totalBytes = Math.max(1, info.contents().orElseThrow().sizeBytes());
    OutputStream buffered = new BufferedOutputStream(out, BUFFER_BYTES);
    TemplateFileWriter.write(
        CALLS,
        rootfs,
        TemplateDescription.of(name, info).toJson(),
        buffered,
        totalBytes,
        (doneBytes, _) -> {
          operation.checkCancelled();
          int percent = (int) (10 + 90 * doneBytes / totalBytes);
          operation.report(new Progress("write", doneBytes, totalBytes, percent));
        });
  }

  /** Unpacks one into an empty folder; the caller compares the digest. */
  static Templates.Filled receive(InputStream in, Path rootfs, Operation operation)
      throws IOException {
    try (var file = new TemplateFileReader(new Watched(in, operation))) {
      TemplateDescription description = TemplateDescription.parse(file.description());
      long freeBytes = Math.max(0, Files.getFileStore(rootfs).getUsableSpace() - SPARE_BYTES);
      file.extract(
          CALLS, rootfs, new DiskLimits(Math.max(1024, freeBytes / BYTES_PER_ENTRY), freeBytes));
      return new Templates.Filled(description.info(), Optional.of(description.digest()));
    }
  }

  /**
   * @throws VpsException ARCHIVE_REFUSED if the files are not those that the file spoke of
   */
  static void requireSame(TemplateName name, String expected, TemplateDigest found) {
    if (!found.text().equals(expected)) {
      throw new VpsException(
          Code.ARCHIVE_REFUSED,
          "cannot make template '" + name + "'",
          "the file says that its contents have the digest "
              + expected
              + ", and they have "
              + found.text(),
          "Export it again on the host that it comes from.");
    }
  }

  /** Says with our codes what the archive module refuses. */
  static VpsException failed(String what, ArchiveException e) {
    String why = e.what() + ", " + e.why();
    return switch (e.kind()) {
      case TOO_LARGE ->
          new VpsException(Code.NO_SPACE, what, why, "Free space on that disk, then try again.", e);
      case CORRUPT, REFUSED, UNSUPPORTED ->
          new VpsException(
              Code.ARCHIVE_REFUSED,
              what,
              why,
              "Export it again on the host that it comes from.",
              e);
      case NOT_CAPTURABLE ->
          new VpsException(
              Code.INVALID_REQUEST,
              what,
              why,
              "Mend that file where the template comes from; ids are from 0 to 65535.",
              e);
    };
  }

  /** Says how much has been read, and ends with the operation. */
  private static final class Watched extends FilterInputStream {
    private final Operation operation;
    private long doneBytes;

    Watched(InputStream in, Operation operation) {
      super(in);
      this.operation = operation;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 255;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      operation.checkCancelled();
      int count = in.read(target, offset, length);
      if (count > 0) {
        doneBytes += count;
        operation.report(new Progress("unpack", doneBytes, 0, -1));
      }
      return count;
    }
  }
}
