package org.letargo.hook.template;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.letargo.hook.command.Command;
import org.letargo.hook.operation.Operation;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.Progress;
import org.letargo.hook.protocol.VpsException;

/**
 * Unpacks the tar of a root file system with GNU tar, which keeps owners, modes and extended
 * attributes and never writes outside its folder.
 */
final class TarUnpacker {
  private static final int MAGIC_BYTES = 6;
  private static final int BUFFER_BYTES = 1 << 18;

  /**
   * What GNU tar says, with --block-number, of a tar that ends where an entry could begin, without
   * the blocks of zeros that every tar ends with. It takes that for an end.
   */
  private static final String NO_END = "** End of File **";

  private TarUnpacker() {}

  static void unpack(BufferedInputStream in, Path rootfs, Operation operation) throws IOException {
    List<String> line =
        new ArrayList<>(
            List.of(
                "tar",
                "--extract",
                "--file",
                "-",
                "--directory",
                rootfs.toString(),
                "--numeric-owner",
                "--same-owner",
                "--preserve-permissions",
                "--xattrs",
                "--xattrs-include=*",
                "--block-number",
                "--anchored",
                "--exclude=dev/*",
                "--exclude=./dev/*"));
    compression(in).ifPresent(line::add);
    Process process = Command.of(line).start(ProcessBuilder.Redirect.PIPE);
    operation.onCancel(process::destroy);
    LastLines errors = LastLines.of(process.getErrorStream());
    LastLines blocks = LastLines.of(process.getInputStream());
    try {
      feed(in, process, operation);
      int status = process.waitFor();
      operation.checkCancelled();
      if (status != 0 && errors.text().contains("No space left on device")) {
        throw new VpsException(
            Code.NO_SPACE,
            "cannot unpack the template",
            "no space left in " + rootfs.getParent().getParent(),
            "Free space on that disk, then try again.");
      }
      if (status != 0) {
        throw new VpsException(
            Code.INVALID_REQUEST,
            "cannot unpack the template",
            "tar ended with status " + status + ": " + errors.text(),
            "Give a tar of a root file system, plain or compressed with gzip, xz or zstd.");
      }
      if (blocks.text().contains(NO_END)) {
        throw new VpsException(
            Code.INVALID_REQUEST,
            "cannot unpack the template",
            "the tar has no end: it is cut short",
            "Copy or make it again.");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      Command.kill(process);
      process.onExit().join(); // nothing may be written any more when the folder is removed
    }
  }

  /**
   * A caller that goes away ends this with its exception; when tar does, its status says why, and
   * the rest is read in vain.
   */
  private static void feed(InputStream in, Process process, Operation operation)
      throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    long doneBytes = 0;
    OutputStream out = process.getOutputStream();
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      operation.checkCancelled();
      if (process.isAlive()) {
        write(out, buffer, n);
      }
      doneBytes += n;
      operation.report(new Progress("unpack", doneBytes, 0, -1));
    }
    close(out);
  }

  private static void write(OutputStream out, byte[] buffer, int count) {
    try {
      out.write(buffer, 0, count);
    } catch (IOException e) {
      // tar is gone
    }
  }

  private static void close(OutputStream out) {
    try {
      out.close();
    } catch (IOException e) {
      // tar is gone
    }
  }

  private static Optional<String> compression(BufferedInputStream in) throws IOException {
    in.mark(MAGIC_BYTES);
    String magic = HexFormat.of().formatHex(in.readNBytes(MAGIC_BYTES));
    in.reset();
    if (magic.startsWith("1f8b")) {
      return Optional.of("--gzip");
    }
    if (magic.equals("fd377a585a00")) {
      return Optional.of("--xz");
    }
    if (magic.startsWith("28b52ffd")) {
      return Optional.of("--zstd");
    }
    return Optional.empty();
  }
}
