package org.letargo.archive.file;

/**
 * How chunks travel from one store to another before the checkpoint is taken that will name them,
 * while a VPS still runs:
 *
 * <pre>
 * sender                                                receiver
 *   8 bytes: "LTRGAHD1"
 *   then, as often as the sender likes:
 *     how many chunks are offered, 1 to 1024;
 *       for each its length and its SHA-256
 *                                                         one bit for each, the lowest first,
 *                                                           in whole bytes: 1 = send
 *     for each 1: length, then that many bytes:
 *       the chunk, or if it is shorter the
 *       chunk packed by zstd
 *   or
 *     0
 *                                                         one byte, 1: all is stored
 *   the end
 * </pre>
 *
 * <p>Lengths and numbers are four bytes, little endian. Hashes are plain SHA-256, whatever the
 * stores use. What the receiver has, it keeps until the end of the stream.
 */
final class AheadFormat {
  static final byte[] MAGIC = {'L', 'T', 'R', 'G', 'A', 'H', 'D', '1'};

  /** Chunks of one offer. */
  static final int MAX_OFFERED = 1024;

  /** Bytes of the chunks of one offer: the sender keeps them until it has the answer. */
  static final int MAX_OFFERED_BYTES = 16 << 20;

  static final byte STORED = 1;

  private AheadFormat() {}
}
