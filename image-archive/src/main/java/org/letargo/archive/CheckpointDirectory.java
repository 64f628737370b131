package org.letargo.archive;

import static org.letargo.archive.ArchiveException.quoted;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A checkpoint as a directory of the store. It exists from the instant its manifest is in place,
 * not before. Nobody else may write to the directory meanwhile; all methods may be called from any
 * thread.
 */
public final class CheckpointDirectory {
  private static final String IMAGES = "checkpoint";

  /** How many files are made durable at once: the file system commits them together. */
  private static final int SYNC_THREADS = 8;

  private static final int HASH_THREADS =
      Math.clamp(Runtime.getRuntime().availableProcessors(), 1, 8);

  private CheckpointDirectory() {}

  /**
   * Lists, hashes and makes durable all files of a directory, then puts its manifest in place; an
   * older manifest is removed first. Called while the VPS is frozen, so hashing and fsync overlap.
   * When it returns, the checkpoint survives a power cut; when it throws, there is no manifest.
   *
   * @throws ArchiveException REFUSED if the directory holds a file that no checkpoint has
   */
  public static Manifest seal(Path directory, CheckpointDescription description)
      throws IOException {
    return seal(directory, description, Map.of());
  }

  /**
   * The same, where a follower has done part of the work while the images were written; it is ended
   * by this.
   */
  public static Manifest seal(
      Path directory, CheckpointDescription description, PageFollower follower) throws IOException {
    return seal(directory, description, follower.finish());
  }

  private static Manifest seal(
      Path directory, CheckpointDescription description, Map<String, FileHash.Running> begun)
      throws IOException {
    Path manifestFile = directory.resolve(Manifest.FILE_NAME);
    Files.deleteIfExists(manifestFile);
    Files.deleteIfExists(DurableFiles.temporaryOf(manifestFile));
    SortedMap<String, Found> found = list(directory);

    Map<String, ManifestFile> hashed = new ConcurrentHashMap<>();
    try (var sync = new FileWorkers("sync", SYNC_THREADS, found.size());
        var hash = new FileWorkers("hash", HASH_THREADS, found.size())) {
      for (Found file : largestFirst(found)) {
        sync.submit(() -> sync(file.file()));
        hash.submit(() -> put(hashed, hash(file, begun)));
      }
      sync.submit(() -> syncDirectories(directory));
      hash.finish();
      sync.finish();
    }
    List<ManifestFile> files = found.keySet().stream().map(hashed::get).toList();
    var manifest = new Manifest(Manifest.FORMAT_VERSION, description, files);
    DurableFiles.replace(manifestFile, ByteBuffer.wrap(manifest.toJson()));
    return manifest;
  }

  /**
   * Reads every byte of a sealed checkpoint and compares it with the manifest.
   *
   * @throws ArchiveException CORRUPT, naming the file that is missing, new or changed
   * @throws NoSuchFileException if there is no manifest, so no checkpoint
   */
  public static Manifest verify(Path directory) throws IOException {
    Manifest manifest = readManifest(directory);
    SortedMap<String, Found> found = list(directory);
    for (ManifestFile file : manifest.files()) {
      Found there = found.remove(file.path());
      if (there == null) {
        throw damaged(directory, file.path(), "it is missing");
      }
      requireSize(directory, file, there.sizeBytes());
    }
    if (!found.isEmpty()) {
      throw damaged(directory, found.firstKey(), "the manifest does not list it");
    }
    try (var hash = new FileWorkers("hash", HASH_THREADS, manifest.files().size())) {
      for (ManifestFile file : manifest.files()) {
        hash.submit(() -> verify(directory, file));
      }
      hash.finish();
    }
    return manifest;
  }

  /**
   * The same for some files alone, for those who need them before the rest has been read.
   *
   * @param paths as the manifest has them
   * @throws ArchiveException CORRUPT, naming the file that is missing, new or changed
   * @throws NoSuchFileException if there is no manifest, so no checkpoint
   */
  public static void verify(Path directory, Set<String> paths) throws IOException {
    Map<String, ManifestFile> listed = new HashMap<>();
    readManifest(directory).files().forEach(file -> listed.put(file.path(), file));
    for (String path : paths) {
      if (!listed.containsKey(path)) {
        throw damaged(directory, path, "the manifest does not list it");
      }
      if (!Files.isRegularFile(directory.resolve(path), LinkOption.NOFOLLOW_LINKS)) {
        throw damaged(directory, path, "it is missing");
      }
      verify(directory, listed.get(path));
    }
  }

  /**
   * Reads the manifest only, in milliseconds.
   *
   * @throws NoSuchFileException if there is no manifest, so no checkpoint
   * @throws ArchiveException REFUSED or UNSUPPORTED if it is not a manifest of ours
   */
  public static Manifest readManifest(Path directory) throws IOException {
    return Manifest.parse(manifestBytes(directory));
  }

  static byte[] manifestBytes(Path directory) throws IOException {
    try (InputStream in =
        Files.newInputStream(
            directory.resolve(Manifest.FILE_NAME),
            StandardOpenOption.READ,
            LinkOption.NOFOLLOW_LINKS)) {
      return in.readNBytes(Manifest.MAX_BYTES + 1); // parse refuses the one too many
    }
  }

  static ArchiveException damaged(Path directory, String path, String why) {
    return ArchiveException.corrupt(
        "checkpoint " + quoted(directory.toString()) + " is damaged at " + quoted(path), why);
  }

  static void requireSize(Path directory, ManifestFile file, long sizeBytes) {
    if (sizeBytes != file.sizeBytes()) {
      throw damaged(
          directory, file.path(), "it has " + sizeBytes + " bytes instead of " + file.sizeBytes());
    }
  }

  static ArchiveException changed(Path directory, ManifestFile file) {
    return damaged(directory, file.path(), "its content has changed, the SHA-256 differs");
  }

  private static Void verify(Path directory, ManifestFile file) throws IOException {
    ManifestFile now = FileHash.of(directory.resolve(file.path()), file.path());
    requireSize(directory, file, now.sizeBytes());
    if (!now.equals(file)) {
      throw changed(directory, file);
    }
    return null;
  }

  private static ManifestFile hash(Found file, Map<String, FileHash.Running> begun)
      throws IOException {
    FileHash.Running running =
        file.path().startsWith(IMAGES + "/")
            ? begun.getOrDefault(file.file().getFileName().toString(), new FileHash.Running())
            : new FileHash.Running();
    return running.finish(file.file(), file.path());
  }

  private static Void put(Map<String, ManifestFile> hashed, ManifestFile file) {
    hashed.put(file.path(), file);
    return null;
  }

  private static Void sync(Path file) throws IOException {
    try (var channel =
        FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
      channel.force(true);
    }
    return null;
  }

  private static Void syncDirectories(Path directory) throws IOException {
    Path images = directory.resolve(IMAGES);
    if (Files.isDirectory(images, LinkOption.NOFOLLOW_LINKS)) {
      DurableFiles.syncDirectory(images);
    }
    DurableFiles.syncDirectory(directory);
    Path parent = directory.toAbsolutePath().getParent();
    if (parent != null) {
      DurableFiles.syncDirectory(parent);
    }
    return null;
  }

  private record Found(String path, Path file, long sizeBytes) {}

  /** The largest first, so that no thread is left alone with it at the end. */
  private static List<Found> largestFirst(SortedMap<String, Found> found) {
    return found.values().stream()
        .sorted(Comparator.comparingLong(Found::sizeBytes).reversed())
        .toList();
  }

  /** All files but the manifest, by path. */
  private static SortedMap<String, Found> list(Path directory) throws IOException {
    SortedMap<String, Found> found = new TreeMap<>();
    list(directory, "", found);
    return found;
  }

  private static void list(Path directory, String prefix, SortedMap<String, Found> found)
      throws IOException {
    try (DirectoryStream<Path> children = Files.newDirectoryStream(directory)) {
      for (Path child : children) {
        String path = prefix + child.getFileName();
        var attributes =
            Files.readAttributes(child, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (attributes.isDirectory() && path.equals(IMAGES)) {
          list(child, IMAGES + "/", found);
        } else if (!path.equals(Manifest.FILE_NAME)) {
          if (!attributes.isRegularFile() || !ManifestFile.isAllowed(path)) {
            throw ArchiveException.refused(
                "checkpoint " + quoted(directory.toString()) + " is refused",
                quoted(path) + " is nothing that a checkpoint holds");
          }
          found.put(path, new Found(path, child, attributes.size()));
        }
      }
    }
  }
}
