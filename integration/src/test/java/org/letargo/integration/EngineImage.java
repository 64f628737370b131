package org.letargo.integration;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Changes an image file of the engine (two magic numbers, then messages with their sizes before
 * them), to see what the engine does with images that lie.
 */
final class EngineImage {
  /** Before the magic number of its own, in every image but the inventory. */
  private static final int COMMON_MAGIC = 0x54564319;

  private EngineImage() {}

  /** The messages of an image file. */
  static List<byte[]> messages(Path file) throws IOException {
    byte[] all = Files.readAllBytes(file);
    ByteBuffer bytes = ByteBuffer.wrap(all).order(ByteOrder.LITTLE_ENDIAN);
    bytes.position(headBytes(all));
    List<byte[]> messages = new ArrayList<>();
    while (bytes.hasRemaining()) {
      byte[] message = new byte[bytes.getInt()];
      bytes.get(message);
      messages.add(message);
    }
    return messages;
  }

  private static int headBytes(byte[] image) {
    int first = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN).getInt();
    return first == COMMON_MAGIC ? 2 * Integer.BYTES : Integer.BYTES;
  }

  /** Writes the file anew with every message changed. */
  static void change(Path file, UnaryOperator<byte[]> lie) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] all = Files.readAllBytes(file);
    out.writeBytes(Arrays.copyOf(all, headBytes(all)));
    for (byte[] message : messages(file)) {
      byte[] changed = lie.apply(message);
      out.writeBytes(
          ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(changed.length).array());
      out.writeBytes(changed);
    }
    Files.write(file, out.toByteArray());
  }

  /** The value of a number in a message; 0 if it is not there. */
  static long number(byte[] message, int field) {
    ByteBuffer bytes = ByteBuffer.wrap(message);
    while (bytes.hasRemaining()) {
      long key = varint(bytes);
      if (key == (long) field << 3) {
        return varint(bytes);
      }
      skip(bytes, (int) (key & 7));
    }
    return 0;
  }

  /** The content of a message or text in a message; empty if it is not there. */
  static byte[] content(byte[] message, int field) {
    ByteBuffer bytes = ByteBuffer.wrap(message);
    while (bytes.hasRemaining()) {
      long key = varint(bytes);
      if (key == ((long) field << 3 | 2)) {
        byte[] content = new byte[(int) varint(bytes)];
        bytes.get(content);
        return content;
      }
      skip(bytes, (int) (key & 7));
    }
    return new byte[0];
  }

  /** The message with another number in a field. */
  static byte[] withNumber(byte[] message, int field, long value) {
    ByteBuffer bytes = ByteBuffer.wrap(message);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    while (bytes.hasRemaining()) {
      int begin = bytes.position();
      long key = varint(bytes);
      skip(bytes, (int) (key & 7));
      if (key != (long) field << 3) {
        out.write(message, begin, bytes.position() - begin);
      }
    }
    putVarint(out, (long) field << 3);
    putVarint(out, value);
    return out.toByteArray();
  }

  /** The message with every text or message of a field changed. */
  static byte[] withContent(byte[] message, int field, UnaryOperator<byte[]> lie) {
    ByteBuffer bytes = ByteBuffer.wrap(message);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    while (bytes.hasRemaining()) {
      int begin = bytes.position();
      long key = varint(bytes);
      if (key == ((long) field << 3 | 2)) {
        byte[] content = new byte[(int) varint(bytes)];
        bytes.get(content);
        byte[] changed = lie.apply(content);
        putVarint(out, key);
        putVarint(out, changed.length);
        out.writeBytes(changed);
      } else {
        skip(bytes, (int) (key & 7));
        out.write(message, begin, bytes.position() - begin);
      }
    }
    return out.toByteArray();
  }

  /** A field that holds a text or a message. */
  static byte[] field(int number, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    putVarint(out, (long) number << 3 | 2);
    putVarint(out, content.length);
    out.writeBytes(content);
    return out.toByteArray();
  }

  /** A message of numbers: field, value, field, value. */
  static byte[] numbers(long... fieldsAndValues) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < fieldsAndValues.length; i += 2) {
      putVarint(out, fieldsAndValues[i] << 3);
      putVarint(out, fieldsAndValues[i + 1]);
    }
    return out.toByteArray();
  }

  private static void skip(ByteBuffer bytes, int type) {
    switch (type) {
      case 0 -> varint(bytes);
      case 1 -> bytes.position(bytes.position() + 8);
      case 2 -> {
        int length = (int) varint(bytes);
        bytes.position(bytes.position() + length);
      }
      case 5 -> bytes.position(bytes.position() + 4);
      default -> throw new IllegalArgumentException("wire type " + type);
    }
  }

  private static long varint(ByteBuffer bytes) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = bytes.get();
      value |= (long) (next & 0x7F) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }

  private static void putVarint(ByteArrayOutputStream out, long value) {
    long left = value;
    for (; (left & ~0x7FL) != 0; left >>>= 7) {
      out.write((int) (left & 0x7F | 0x80));
    }
    out.write((int) left);
  }
}
