package org.letargo.archive.store.pack;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.letargo.archive.DurableFiles;

/**
 * Names on the disk, and what is read from there before anything else: the lock, {@code
 * store.json}, the key, the sequence of pack numbers.
 */
final class StoreFiles implements AutoCloseable {
  private static final int VERSION = 1;
  private static final int MAX_SMALL_FILE_BYTES = 4096;
  private static final long NUMBERS_AT_ONCE = 256;
  private static final long MAX_PACK_NUMBER = 0xFFFF_FFFFL;
  private static final Pattern KEY =
      Pattern.compile("[0-9a-fA-F]{" + 2 * StoreKeys.KEY_BYTES + "}");
  private static final Pattern PACK = Pattern.compile("([0-9a-f]{8})\\.pack");
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final Path directory;
  private final FileChannel lockFile;
  private final Path key;
  private final StoreKeys keys;
  private final FileStore fileStore;
  private long nextNumber;
  private long reservedNumber;

  /** {@code store.json}. */
  private record Description(int formatVersion, boolean encrypted, String keyProof) {}

  private StoreFiles(Path directory, FileChannel lockFile, PackStoreOptions options)
      throws IOException {
    this.directory = directory;
    this.lockFile = lockFile;
    this.key = options.keyFile().orElse(directory.resolve("key"));
    if (!Files.exists(description())) {
      create(options.encrypt());
    }
    this.keys = readKeys();
    this.fileStore = Files.getFileStore(directory);
    this.nextNumber = firstNumber();
    this.reservedNumber = nextNumber;
  }

  /**
   * Takes the store for this process, and makes it if it is not there.
   *
   * @param options whether a new store is encrypted, which means nothing for one that is there; and
   *     where its key is
   */
  static StoreFiles open(Path directory, PackStoreOptions options) throws IOException {
    Files.createDirectories(directory.resolve("packs"), DurableFiles.PRIVATE_DIRECTORY);
    FileChannel channel =
        FileChannel.open(
            directory.resolve("lock"),
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
            DurableFiles.PRIVATE_FILE);
    try {
      if (!lock(channel)) {
        throw new IOException(
            "cannot open the store "
                + directory
                + ": another process has it open. Ask that one, or stop it first; 'fuser -v "
                + directory.resolve("lock")
                + "' names it.");
      }
      return new StoreFiles(directory, channel, options);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static boolean lock(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false; // this very process
    }
  }

  private void create(boolean encrypt) throws IOException {
    if (!packNumbers().isEmpty()) {
      throw new IOException(
          "cannot open the store "
              + directory
              + ": it has packs but no store.json. Put store.json back from a backup.");
    }
    StoreKeys made = StoreKeys.none();
    if (encrypt) {
      if (!Files.exists(key, LinkOption.NOFOLLOW_LINKS)) {
        makeKey();
      }
      made = readKey();
    }
    byte[] json = JSON.writeValueAsBytes(new Description(VERSION, encrypt, made.proof()));
    DurableFiles.replace(description(), ByteBuffer.wrap(json));
    DurableFiles.syncDirectory(directory.toAbsolutePath().getParent());
  }

  private void makeKey() throws IOException {
    byte[] bytes = new byte[StoreKeys.KEY_BYTES];
    new SecureRandom().nextBytes(bytes);
    String text = HexFormat.of().formatHex(bytes) + "\n";
    DurableFiles.replace(key, ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
  }

  private StoreKeys readKeys() throws IOException {
    Description read;
    try {
      read = JSON.readValue(small(description()), Description.class);
    } catch (JsonProcessingException e) {
      throw new IOException(
          "cannot open the store "
              + directory
              + ": store.json is damaged. Put it back from a backup.",
          e);
    }
    if (read.formatVersion != VERSION) {
      throw new IOException(
          "cannot open the store "
              + directory
              + ": it is of format "
              + read.formatVersion
              + ", and this Letargo knows only "
              + VERSION
              + ". Use the Letargo that made it, or a newer one.");
    }
    if (!read.encrypted) {
      return StoreKeys.none();
    }
    StoreKeys found = readKey();
    if (!found.proof().equals(read.keyProof)) {
      throw wrongKey("its key is another one");
    }
    return found;
  }

  private StoreKeys readKey() throws IOException {
    if (!Files.exists(key)) {
      throw wrongKey("its key is not there");
    }
    Set<PosixFilePermission> permissions =
        Files.getPosixFilePermissions(key, LinkOption.NOFOLLOW_LINKS);
    if (!Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE)
        .containsAll(permissions)) {
      throw new IOException(
          "cannot open the store "
              + directory
              + ": others may read its key. See who could, then 'chmod 600 "
              + key
              + "'.");
    }
    byte[] bytes = small(key);
    if (bytes.length == StoreKeys.KEY_BYTES) {
      return StoreKeys.of(bytes); // as the first stores had it
    }
    String text = new String(bytes, StandardCharsets.US_ASCII).strip();
    if (!KEY.matcher(text).matches()) {
      throw wrongKey("its key is not a line of " + 2 * StoreKeys.KEY_BYTES + " hexadecimal digits");
    }
    return StoreKeys.of(HexFormat.of().parseHex(text));
  }

  private IOException wrongKey(String why) {
    return new IOException(
        "cannot open the store "
            + directory
            + ": "
            + why
            + ". Put "
            + key
            + " back from a backup, or name the file that has it; without it nothing in the store"
            + " can be read.");
  }

  private static byte[] small(Path file) throws IOException {
    try (var in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      return in.readNBytes(MAX_SMALL_FILE_BYTES);
    }
  }

  private long firstNumber() throws IOException {
    long first = 1;
    if (Files.exists(sequence())) {
      String text = new String(small(sequence()), StandardCharsets.US_ASCII).strip();
      // damaged: what is there still tells enough for packs not to be overwritten
      first = text.matches("[0-9]{1,10}") ? Long.parseLong(text) : 1;
    }
    for (int pack : packNumbers()) {
      first = Math.max(first, Integer.toUnsignedLong(pack) + 1);
    }
    return first;
  }

  /** A number that no pack has ever had, durably taken. */
  synchronized int nextPackNumber() throws IOException {
    if (nextNumber == reservedNumber) {
      long reserve = nextNumber + NUMBERS_AT_ONCE;
      byte[] text = (reserve + "\n").getBytes(StandardCharsets.US_ASCII);
      DurableFiles.replace(sequence(), ByteBuffer.wrap(text));
      reservedNumber = reserve;
    }
    if (nextNumber > MAX_PACK_NUMBER) {
      throw new IOException("cannot write to the store " + directory + ": it has no pack numbers");
    }
    return (int) nextNumber++;
  }

  /** The numbers of all packs that are there, ascending. */
  List<Integer> packNumbers() throws IOException {
    List<Integer> numbers = new ArrayList<>();
    try (Stream<Path> names = Files.list(packs())) {
      for (Path file : (Iterable<Path>) names::iterator) {
        var matcher = PACK.matcher(file.getFileName().toString());
        if (matcher.matches()) {
          numbers.add(Integer.parseUnsignedInt(matcher.group(1), 16));
        }
      }
    }
    numbers.sort(Integer::compareUnsigned);
    return Collections.unmodifiableList(numbers);
  }

  Path pack(int number) {
    return packs().resolve("%08x.pack".formatted(number));
  }

  Path packs() {
    return directory.resolve("packs");
  }

  Path index() {
    return directory.resolve("index");
  }

  Path directory() {
    return directory;
  }

  StoreKeys keys() {
    return keys;
  }

  /** What the file system still has room for, in bytes. */
  long freeBytes() throws IOException {
    return fileStore.getUsableSpace();
  }

  private Path description() {
    return directory.resolve("store.json");
  }

  private Path sequence() {
    return directory.resolve("sequence");
  }

  /** Gives up the lock. */
  @Override
  public void close() throws IOException {
    lockFile.close();
  }
}
