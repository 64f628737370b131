package org.letargo.archive;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Hashes pages-N.img files and pushes them to the disk while CRIU still writes them, so that little
 * is left to do when the VPS is frozen and all is written. CRIU only ever appends to these files
 * (page-xfer.c), so what was read once stays as it was read.
 *
 * <p>Two threads of its own, from {@link #follow} to {@link #finish} or {@link #close}. What they
 * cannot do is left to {@link CheckpointDirectory#seal}, which fails with the reason.
 */
public final class PageFollower implements AutoCloseable {
  private static final String PAGES = "pages-*.img";
  private static final long LOOK_AGAIN_MILLIS = 100;

  private final Path images;
  private final WatchService changes;
  private final Thread hashing;
  private final Thread flushing;
  private final Map<String, FileHash.Running> hashes = new ConcurrentHashMap<>();
  private volatile boolean ended;

  private PageFollower(Path images) throws IOException {
    this.images = images;
    this.changes = images.getFileSystem().newWatchService();
    images.register(
        changes, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_MODIFY);
    this.hashing = Thread.ofPlatform().name("pages-hash").daemon(true).start(this::hash);
    this.flushing = Thread.ofPlatform().name("pages-flush").daemon(true).start(this::flush);
  }

  /**
   * Begins to follow.
   *
   * @param images the folder that CRIU is about to write to
   */
  public static PageFollower follow(Path images) throws IOException {
    return new PageFollower(images);
  }

  private void hash() {
    try {
      while (!ended) {
        WatchKey key = changes.poll(LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
        if (key != null) {
          key.pollEvents();
          key.reset();
          advanceAll();
        }
      }
    } catch (IOException e) {
      // seal reads what is missing itself, and says what is wrong
    } catch (InterruptedException | ClosedWatchServiceException e) {
      // the end
    }
  }

  private void advanceAll() throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(images, PAGES)) {
      for (Path file : files) {
        FileHash.Running running =
            hashes.computeIfAbsent(file.getFileName().toString(), name -> new FileHash.Running());
        running.advance(file, () -> ended);
      }
    }
  }

  private void flush() {
    try {
      while (!ended) {
        boolean wrote = false;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(images, PAGES)) {
          for (Path file : files) {
            if (!ended) {
              force(file);
              wrote = true;
            }
          }
        }
        if (!wrote) {
          hashing.join(LOOK_AGAIN_MILLIS); // until there is something, or the end
        }
      }
    } catch (IOException e) {
      // seal forces again, and says what is wrong
    } catch (InterruptedException e) {
      // the end
    }
  }

  private static void force(Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
      channel.force(false);
    } catch (NoSuchFileException e) {
      // removed: the dump has failed
    }
  }

  /** How much of a file has been hashed by now, in bytes. */
  long hashedBytes(String name) {
    FileHash.Running running = hashes.get(name);
    return running == null ? 0 : running.positionBytes();
  }

  /** Stops and gives what was hashed so far, by name; only what is behind it is left to hash. */
  Map<String, FileHash.Running> finish() {
    close();
    return hashes;
  }

  /** Stops and waits for its threads. */
  @Override
  public void close() {
    ended = true;
    try {
      hashing.join();
      flushing.join();
      changes.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      throw new IllegalStateException("cannot close a watch", e);
    }
  }
}
