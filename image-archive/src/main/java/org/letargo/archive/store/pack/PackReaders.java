package org.letargo.archive.store.pack;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.crypto.SecretKey;

/**
 * The packs that are open for reading, at most {@value #MAX_OPEN} beside those in use. Whoever has
 * one keeps reading it after its file was removed. The lock is this object's monitor.
 */
final class PackReaders implements AutoCloseable {
  private static final int MAX_OPEN = 256;

  private final StoreFiles files;
  private final Map<Integer, Reader> open = new LinkedHashMap<>(16, 0.75f, true);

  PackReaders(StoreFiles files) {
    this.files = files;
  }

  /** A pack in use; to be closed by whoever asked for it. */
  final class Reader implements AutoCloseable {
    private final int pack;
    private final FileChannel channel;
    private final Optional<byte[]> salt;
    private final Optional<SecretKey> key;
    private int users = 1;

    /** Whether the last user closes it. */
    private boolean evicted = true;

    private Reader(int pack, FileChannel channel) throws IOException {
      this.pack = pack;
      this.channel = channel;
      ByteBuffer header = ByteBuffer.allocate(PackFormat.HEADER_BYTES);
      readAt(header, 0);
      this.salt = PackFormat.salt(pack, header.flip());
      this.key = salt.flatMap(files.keys()::packKey);
    }

    /** Whether the first bytes of the file are what they were. */
    boolean headerSound() {
      return salt.isPresent();
    }

    /**
     * What encrypts its entries; empty in a plain store.
     *
     * @throws Unpacker.Damage if it cannot be known any more
     */
    Optional<SecretKey> requireKey() throws Unpacker.Damage {
      if (files.keys().encrypted() && key.isEmpty()) {
        throw new Unpacker.Damage(
            "the first bytes of the pack, with what its key is made of, are damaged");
      }
      return key;
    }

    long size() throws IOException {
      return channel.size();
    }

    /** Fills the buffer from there on, as far as the file goes. */
    void readAt(ByteBuffer into, long offset) throws IOException {
      long position = offset;
      int n;
      while (into.hasRemaining() && (n = channel.read(into, position)) >= 0) {
        position += n;
      }
    }

    @Override
    public void close() throws IOException {
      release(this);
    }
  }

  /**
   * A pack, opened if it is not open.
   *
   * @throws NoSuchFileException if it was removed
   */
  synchronized Reader open(int pack) throws IOException {
    Reader known = open.get(pack);
    if (known != null && known.channel.isOpen()) {
      known.users++;
      return known;
    }
    if (known != null) {
      evict(known); // the interruption of a reader has closed it
    }
    Reader reader = openAnew(pack);
    if (reader.headerSound()) {
      reader.evicted = false;
      open.put(pack, reader);
      evictEldest();
    }
    return reader;
  }

  /** A pack whose first bytes are read now, for whoever asked only. */
  Reader openAnew(int pack) throws IOException {
    FileChannel channel =
        FileChannel.open(files.pack(pack), StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    try {
      return new Reader(pack, channel);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private void evictEldest() throws IOException {
    if (open.size() > MAX_OPEN) {
      evict(open.values().iterator().next());
    }
  }

  private void evict(Reader reader) throws IOException {
    open.remove(reader.pack, reader);
    reader.evicted = true;
    if (reader.users == 0) {
      reader.channel.close();
    }
  }

  private synchronized void release(Reader reader) throws IOException {
    reader.users--;
    if (reader.evicted && reader.users == 0) {
      reader.channel.close();
    }
  }

  /** The pack's file is gone: it is closed when nobody uses it any more. */
  synchronized void forget(int pack) throws IOException {
    Reader known = open.get(pack);
    if (known != null) {
      evict(known);
    }
  }

  @Override
  public synchronized void close() throws IOException {
    List<Reader> all = new ArrayList<>(open.values());
    for (Reader reader : all) {
      evict(reader);
    }
  }
}
