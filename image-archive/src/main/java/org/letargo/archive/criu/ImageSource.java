package org.letargo.archive.criu;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** The engine's image files of one checkpoint, wherever they lie. */
public interface ImageSource {
  /**
   * Opens a file; the caller closes it.
   *
   * @param name such as {@code core-1.img}
   * @throws NoSuchFileException if the checkpoint has none of this name
   */
  InputStream open(String name) throws IOException;

  /** How long a file is; empty if the checkpoint has none of this name. */
  OptionalLong sizeBytes(String name) throws IOException;

  /** The names of all files, sorted. */
  List<String> names() throws IOException;

  /** Those in a folder; no link in it is followed. */
  static ImageSource folder(Path folder) {
    return new ImageSource() {
      private static final int BUFFER_BYTES = 65_536;

      @Override
      public InputStream open(String name) throws IOException {
        return new BufferedInputStream(
            Files.newInputStream(
                folder.resolve(name), StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS),
            BUFFER_BYTES);
      }

      @Override
      public OptionalLong sizeBytes(String name) throws IOException {
        Path file = folder.resolve(name);
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
            ? OptionalLong.of(Files.size(file))
            : OptionalLong.empty();
      }

      @Override
      public List<String> names() throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
          files.forEach(file -> names.add(file.getFileName().toString()));
        }
        names.sort(null);
        return names;
      }
    };
  }
}
