package org.letargo.archive.file;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Random;
import java.util.function.LongPredicate;
import org.letargo.archive.ArchiveLimits;
import org.letargo.archive.TransferProgress;
import org.letargo.archive.checkpoint.CheckpointStore;
import org.letargo.archive.checkpoint.CheckpointWriter;
import org.letargo.archive.checkpoint.Checkpoints;
import org.letargo.archive.checkpoint.PagesWriter;
import org.letargo.archive.checkpoint.StoredCheckpoint;
import org.letargo.archive.store.pack.PackStore;
import org.letargo.archive.store.pack.PackStoreOptions;

/**
 * Measures checkpoints of memory in a store on a disk: a program, not a test. Arguments: an empty
 * folder, and how many MiB of memory (1024).
 */
public final class CheckpointNumbers {
  private static final int WINDOW = PagesWriter.WINDOW_BYTES;
  private static final int PAGE = PagesWriter.PAGE_BYTES;

  private final Path folder;
  private final long bytes;
  private final byte[] noise = new byte[64 << 20];

  private CheckpointNumbers(Path folder, long bytes) {
    this.folder = folder;
    this.bytes = bytes;
    new Random(1).nextBytes(noise);
  }

  public static void main(String[] arguments) throws IOException {
    long mebibytes = arguments.length > 1 ? Long.parseLong(arguments[1]) : 1024;
    new CheckpointNumbers(Path.of(arguments[0]), mebibytes << 20).run();
  }

  private void run() throws IOException {
    PackStoreOptions options = PackStoreOptions.defaults();
    Path archive = folder.resolve("archive");
    try (PackStore chunks = PackStore.open(folder.resolve("store"), options)) {
      CheckpointStore store = CheckpointStore.open(chunks, folder.resolve("store/checkpoints"));
      checkpoint(store, 1, "first", _ -> false);
      checkpoint(store, 2, "0 % of pages changed", _ -> false);
      long pages = bytes / PAGE;
      checkpoint(store, 3, "5 % changed, in one piece", page -> page < pages / 20);
      checkpoint(store, 4, "5 % changed, pieces of 1 MiB", page -> page / 256 % 20 == 7);
      checkpoint(store, 5, "5 % changed, single pages", page -> page % 20 == 7);
      try (StoredCheckpoint first = store.read(Checkpoints.id(1))) {
        long start = System.nanoTime();
        first.verify(TransferProgress.NONE);
        say("read and compared", start, bytes);
        start = System.nanoTime();
        first.materialise("checkpoint/pages-1.img", folder.resolve("pages"));
        say("materialised", start, bytes);
        Files.delete(folder.resolve("pages"));
        start = System.nanoTime();
        ArchiveFileWriter.write(first, OutputStream.nullOutputStream(), TransferProgress.NONE);
        say("archive written, to nowhere", start, bytes);
        start = System.nanoTime();
        try (var out = new BufferedOutputStream(Files.newOutputStream(archive), 1 << 20)) {
          ArchiveFileWriter.write(first, out, TransferProgress.NONE);
        }
        say("archive written, to a file of " + (Files.size(archive) >> 20) + " MiB", start, bytes);
      }
    }
    for (int i = 0; i < 3; i++) {
      long start = System.nanoTime();
      try (InputStream in = Files.newInputStream(archive);
          var reader = ArchiveFileReader.open(in)) {
        reader.manifest();
      }
      System.out.printf(Locale.ROOT, "metadata: %.1f ms%n", (System.nanoTime() - start) / 1e6);
    }
    try (PackStore chunks = PackStore.open(folder.resolve("other"), options)) {
      CheckpointStore store = CheckpointStore.open(chunks, folder.resolve("other/checkpoints"));
      read(archive, store, "archive read into an empty store");
      store.forget(Checkpoints.id(1));
      read(archive, store, "archive read into a store that has it");
    }
  }

  private void read(Path archive, CheckpointStore store, String what) throws IOException {
    long start = System.nanoTime();
    try (InputStream in = new BufferedInputStream(Files.newInputStream(archive), 1 << 20);
        var reader = ArchiveFileReader.open(in);
        CheckpointWriter writer = store.begin()) {
      reader.readInto(writer, new ArchiveLimits(1L << 50, 1L << 50), TransferProgress.NONE);
      long newBytes = writer.written().storedBytes();
      writer.commit(Checkpoints.description(Checkpoints.id(1)));
      say(what + ", " + newBytes + " bytes new", start, bytes);
    }
  }

  /** Pages of which one half is noise, at addresses that do not change. */
  private void checkpoint(CheckpointStore store, int id, String what, LongPredicate changed)
      throws IOException {
    long start = System.nanoTime();
    try (CheckpointWriter writer = store.begin()) {
      try (PagesWriter pages = writer.pages("checkpoint/pages-1.img")) {
        for (long at = 0; at < bytes; at += WINDOW) {
          byte[] window = new byte[WINDOW];
          for (int page = 0; page < WINDOW; page += PAGE) {
            long number = (at + page) / PAGE;
            int from = (int) (number * 2741 % (noise.length - PAGE));
            System.arraycopy(noise, from, window, page, PAGE / 2);
            window[page + 3000] = (byte) number;
            if (changed.test(number)) {
              window[page + 2000] ^= (byte) id;
            }
          }
          pages.put(at, ByteBuffer.wrap(window), () -> {});
        }
        pages.finish();
      }
      writer.commit(Checkpoints.description(Checkpoints.id(id)));
      var written = writer.written();
      say(
          "%s: %d bytes stored, %.2f %% of the content"
              .formatted(what, written.storedBytes(), 100.0 * written.storedBytes() / bytes),
          start,
          bytes);
    }
  }

  private static void say(String what, long start, long bytes) {
    double seconds = (System.nanoTime() - start) / 1e9;
    System.out.printf(Locale.ROOT, "%s: %.2f s, %.2f GB/s%n", what, seconds, bytes / seconds / 1e9);
  }
}
