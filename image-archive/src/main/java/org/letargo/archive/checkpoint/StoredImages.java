package org.letargo.archive.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.letargo.archive.criu.ImageSource;

/** The image files of a checkpoint in the store. Sizes are those that the manifest tells. */
public final class StoredImages implements ImageSource {
  private static final String FOLDER = "checkpoint/";

  private final StoredCheckpoint checkpoint;
  private final Optional<Path> written;
  private final Map<String, CheckpointFile> files = new HashMap<>();

  private StoredImages(StoredCheckpoint checkpoint, Optional<Path> written) {
    this.checkpoint = checkpoint;
    this.written = written;
    for (CheckpointFile file : checkpoint.manifest().files()) {
      if (file.path().startsWith(FOLDER)) {
        files.put(file.path().substring(FOLDER.length()), file);
      }
    }
  }

  /** Read from the store. */
  public static StoredImages of(StoredCheckpoint checkpoint) {
    return new StoredImages(checkpoint, Optional.empty());
  }

  /** Read from a folder in which they are too, all but pages at least: that is quicker. */
  public static StoredImages in(Path folder, StoredCheckpoint checkpoint) {
    return new StoredImages(checkpoint, Optional.of(folder));
  }

  @Override
  public InputStream open(String name) throws IOException {
    if (written.isPresent()) {
      return Files.newInputStream(
          written.get().resolve(name), StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    }
    CheckpointFile file = files.get(name);
    if (file == null) {
      throw new NoSuchFileException(name);
    }
    return checkpoint.file(file).stream();
  }

  @Override
  public List<String> names() {
    return files.keySet().stream().sorted().toList();
  }

  @Override
  public OptionalLong sizeBytes(String name) {
    CheckpointFile file = files.get(name);
    return file == null ? OptionalLong.empty() : OptionalLong.of(file.sizeBytes());
  }
}
