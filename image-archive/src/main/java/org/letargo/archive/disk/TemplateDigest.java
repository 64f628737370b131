package org.letargo.archive.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.letargo.archive.ArchiveException;

/**
 * What tells one template from another: the SHA-256 of its canonical tar. That has every name with
 * type, mode, owner, contents, link, device numbers and those extended attributes that travel, in
 * the order of the names; names of one file are hard links to the first of them. It does not have
 * what differs between copies: times, holes, and what is in {@code dev/}, which every VPS gets
 * anew.
 *
 * @param text {@code sha256:} and 64 hexadecimal digits
 * @param sizeBytes of regular files, holes counted
 * @param entries names in it, the root included
 */
public record TemplateDigest(String text, long sizeBytes, long entries) {
  private static final String DEVICES = "dev/";

  /**
   * Reads all of a template, which nobody may change meanwhile.
   *
   * @throws ArchiveException NOT_CAPTURABLE, naming the file that no template may have
   */
  public static TemplateDigest of(FileSystemCalls calls, Path rootfs) throws IOException {
    var hash = new HashChannel();
    TreeTarWriter tree = walk(calls, new TarOutput(hash), TreeTarWriter.Detail.CONTENTS);
    tree.write(rootfs);
    return new TemplateDigest(hash.text(), tree.dataBytes(), tree.entries());
  }

  /** The walk over a template's tree: with the owners that it has, and without devices. */
  static TreeTarWriter walk(FileSystemCalls calls, TarOutput tar, TreeTarWriter.Detail detail) {
    return new TreeTarWriter(
        calls,
        new IdRange(0),
        tar,
        detail,
        path -> path.startsWith(DEVICES),
        path -> {
          throw ArchiveException.notCapturable(
              "the disk cannot be saved at " + ArchiveException.quoted(RawPaths.shown(path)),
              "it is overlayfs's mark of a deleted file",
              "Remove it.");
        });
  }

  private static final class HashChannel implements WritableByteChannel {
    private final MessageDigest digest = sha256();

    @Override
    public int write(ByteBuffer bytes) {
      int count = bytes.remaining();
      digest.update(bytes);
      return count;
    }

    String text() {
      return "sha256:" + HexFormat.of().formatHex(digest.digest());
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {
      // nothing is open
    }

    private static MessageDigest sha256() {
      try {
        return MessageDigest.getInstance("SHA-256");
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every JDK has SHA-256", e);
      }
    }
  }
}
