package org.letargo.archive;

import static org.letargo.archive.ArchiveException.quoted;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.zip.ZipEncodingHelper;

/**
 * The tar headers of an archive. They follow from the manifest alone, so a reader makes them anew
 * and compares bytes: an entry of another name, type, size, owner or form cannot get in, and
 * nothing hostile is ever parsed, except to tell what is wrong with it.
 */
public final class TarHeaders {
  /** A tar is made of blocks of so many bytes. */
  public static final int BLOCK = 512;

  /** Two blocks of zeros end a tar. */
  public static final int END_BYTES = 2 * BLOCK;

  private static final int MODE = 0100600; // memory pages hold secrets

  private TarHeaders() {}

  /** All blocks before the content: one, or three when the size needs a pax header. */
  public static byte[] header(String path, long sizeBytes, Instant takenAt) {
    var bytes = new ByteArrayOutputStream(3 * BLOCK);
    @SuppressWarnings("resource") // closing it would demand the content
    var tar = new TarArchiveOutputStream(bytes, StandardCharsets.UTF_8.name());
    tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
    tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
    var entry = new TarArchiveEntry(path);
    entry.setSize(sizeBytes);
    entry.setMode(MODE);
    entry.setIds(0, 0);
    entry.setNames("", "");
    entry.setLastModifiedTime(FileTime.from(takenAt.truncatedTo(ChronoUnit.SECONDS)));
    try {
      tar.putArchiveEntry(entry);
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail", e);
    }
    return bytes.toByteArray();
  }

  /** Zeros behind the content, up to the next block. */
  public static int paddingBytes(long sizeBytes) {
    return (int) (-sizeBytes & BLOCK - 1);
  }

  /** What is wrong with a header that is not the expected one. */
  public static ArchiveException unexpected(
      String expectedPath, long expectedBytes, byte[] header) {
    TarArchiveEntry entry;
    try {
      byte[] block = java.util.Arrays.copyOf(header, BLOCK);
      entry = new TarArchiveEntry(block, ZipEncodingHelper.getZipEncoding("ISO-8859-1"), true);
    } catch (IOException | RuntimeException e) {
      return ArchiveException.corrupt(
          "the archive is damaged at " + quoted(expectedPath), "its tar header is not readable");
    }
    String name = entry.getName();
    if (name.isEmpty()) {
      return ArchiveException.corrupt(
          "the archive is incomplete", "file " + quoted(expectedPath) + " is missing");
    }
    String what = "entry " + quoted(name) + " of the archive is refused";
    if (name.startsWith("/")) {
      return ArchiveException.refused(what, "its name is absolute");
    }
    if (name.equals("..") || name.startsWith("../") || name.contains("/..")) {
      return ArchiveException.refused(what, "its name leads out of the archive");
    }
    if (entry.isSymbolicLink() || entry.isLink()) {
      return ArchiveException.refused(what, "it is a link to " + quoted(entry.getLinkName()));
    }
    if (entry.isCharacterDevice() || entry.isBlockDevice() || entry.isFIFO()) {
      return ArchiveException.refused(what, "it is a device or a pipe");
    }
    if (!name.equals(expectedPath) && !name.startsWith("./PaxHeaders")) {
      return ArchiveException.refused(
          what, "the manifest has " + quoted(expectedPath) + " at this place");
    }
    if (entry.getSize() != expectedBytes && name.equals(expectedPath)) {
      return ArchiveException.refused(
          what, "it claims " + entry.getSize() + " bytes instead of " + expectedBytes);
    }
    return ArchiveException.refused(what, "its tar header is not the one that the manifest gives");
  }
}
