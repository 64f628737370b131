package org.letargo.archive.disk;

import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.letargo.archive.ArchiveException;

/**
 * Reads what {@link TemplateFileWriter} wrote. It is hostile: nothing in it leads out of the
 * directory, no length is believed before it is checked, and what is not allowed is refused, never
 * skipped. Used once, by one thread: {@link #description}, then {@link #extract}, then closed.
 */
public final class TemplateFileReader implements AutoCloseable {
  /** How far {@link #isTemplateFile} may read ahead: the description is a block of its own. */
  public static final int PEEK_BYTES = 128 << 10;

  private static final String SUBJECT = "the template's files";
  private static final int ZSTD_MAGIC = 0xFD2FB528;
  private static final int MAX_WINDOW_LOG = 23;

  private final ZstdInputStreamNoFinalizer zstd;
  private final TarInput tar;

  /**
   * @param in stays open, it is the caller's
   */
  public TemplateFileReader(InputStream in) throws IOException {
    this.zstd = new ZstdInputStreamNoFinalizer(new KeptOpen(in));
    zstd.setLongMax(MAX_WINDOW_LOG);
    this.tar = new TarInput(zstd, SUBJECT);
  }

  /**
   * Whether a stream begins as a template file does; the stream stands where it stood.
   *
   * @param in with a buffer of {@link #PEEK_BYTES} at least
   */
  public static boolean isTemplateFile(BufferedInputStream in) throws IOException {
    in.mark(PEEK_BYTES);
    try {
      byte[] peeked = in.readNBytes(PEEK_BYTES);
      return isZstd(peeked) && Arrays.equals(name(peeked), expectedName());
    } finally {
      in.reset();
    }
  }

  private static boolean isZstd(byte[] bytes) {
    return bytes.length > 4
        && ((bytes[0] & 255) | (bytes[1] & 255) << 8 | (bytes[2] & 255) << 16 | bytes[3] << 24)
            == ZSTD_MAGIC;
  }

  private static byte[] name(byte[] packed) throws IOException {
    try (var zstd = new ZstdInputStreamNoFinalizer(new java.io.ByteArrayInputStream(packed))) {
      zstd.setLongMax(MAX_WINDOW_LOG);
      return zstd.readNBytes(expectedName().length);
    } catch (ZstdIOException e) {
      return new byte[0]; // whoever reads it says what is wrong
    }
  }

  /** With the zero behind it: a longer name is another one. */
  private static byte[] expectedName() {
    return (TemplateFileWriter.DESCRIPTION + "\0").getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * The JSON at the front of the file, at most 64 KiB, not looked into.
   *
   * @throws ArchiveException CORRUPT or REFUSED
   */
  public byte[] description() throws IOException {
    try {
      TarEntry entry =
          tar.next()
              .filter(first ->
                  first.rawPath().equals(TemplateFileWriter.DESCRIPTION)
                      && first.kind() == TarEntry.Kind.REGULAR
                      && !first.sparse())
              .orElseThrow(
                  () -> refused("it does not begin with " + TemplateFileWriter.DESCRIPTION));
      if (entry.storedBytes() > TemplateFileWriter.MAX_DESCRIPTION_BYTES) {
        throw refused(
            "its description claims "
                + entry.storedBytes()
                + " bytes, and "
                + TemplateFileWriter.MAX_DESCRIPTION_BYTES
                + " are allowed");
      }
      byte[] description = new byte[(int) entry.storedBytes()];
      tar.readFully(description, description.length);
      return description;
    } catch (ZstdIOException e) {
      throw damaged(e);
    }
  }

  /**
   * Makes the tree, durably. After a failure the directory may hold a part of it.
   *
   * @param emptyDirectory exists, is empty, and nobody else reaches it; becomes the root
   * @throws ArchiveException CORRUPT, REFUSED or TOO_LARGE
   */
  public void extract(FileSystemCalls calls, Path emptyDirectory, DiskLimits limits)
      throws IOException {
    try {
      new UpperDirectory(tar, calls, new IdRange(0), limits).make(emptyDirectory);
    } catch (ZstdIOException e) {
      throw damaged(e);
    }
    requireNoDevices(emptyDirectory.resolve("dev"));
    calls.syncFileSystem(emptyDirectory);
  }

  /** What is in there is not part of the digest, so it must be nothing. */
  private static void requireNoDevices(Path folder) throws IOException {
    if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      try (Stream<Path> children = Files.list(folder)) {
        if (children.findAny().isPresent()) {
          throw refused("it has files in dev/");
        }
      }
    }
  }

  private static ArchiveException refused(String why) {
    return ArchiveException.refused("the file of the template is refused", why);
  }

  private static ArchiveException damaged(ZstdIOException e) {
    return ArchiveException.corrupt(
        "the file of the template is damaged", "it cannot be decompressed, " + e.getMessage(), e);
  }

  /** Frees the memory of the decompression. */
  @Override
  public void close() throws IOException {
    zstd.close();
  }

  private static final class KeptOpen extends FilterInputStream {
    KeptOpen(InputStream in) {
      super(in);
    }

    @Override
    public void close() {
      // it is the caller's
    }
  }
}
