package org.letargo.archive.criu;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.letargo.archive.ArchiveException;

/**
 * One message in protobuf's wire format (protobuf.dev/programming-guides/encoding), walked field by
 * field. It points into the bytes it was given and copies nothing.
 */
final class ProtoMessage {
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;

  private final ByteBuffer bytes;
  private final String where;

  /**
   * @param where for messages about damage: the file's name
   */
  ProtoMessage(ByteBuffer bytes, String where) {
    this.bytes = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
    this.where = where;
  }

  /** A number; the last one counts if the field comes again, as protobuf has it. */
  OptionalLong number(int field) {
    OptionalLong found = OptionalLong.empty();
    var walk = new Walk();
    while (walk.next()) {
      if (walk.field == field) {
        if (walk.type == BYTES) {
          throw malformed("field " + field + " is no number");
        }
        found = OptionalLong.of(walk.value);
      }
    }
    return found;
  }

  long requireNumber(int field) {
    return number(field).orElseThrow(() -> malformed("field " + field + " is missing"));
  }

  /** All of a number that is repeated, packed into one field or not. */
  List<Long> numbers(int field) {
    List<Long> found = new ArrayList<>();
    var walk = new Walk();
    while (walk.next()) {
      if (walk.field == field && walk.type == BYTES) {
        Walk packed = new ProtoMessage(walk.content, where).new Walk();
        while (packed.rest.hasRemaining()) {
          found.add(packed.varint());
        }
      } else if (walk.field == field) {
        found.add(walk.value);
      }
    }
    return found;
  }

  /** How often a number is repeated, packed into one field or not. */
  int count(int field) {
    int count = 0;
    var walk = new Walk();
    while (walk.next()) {
      if (walk.field == field) {
        count += walk.type == BYTES ? packed(walk.content) : 1;
      }
    }
    return count;
  }

  private static int packed(ByteBuffer content) {
    int count = 0;
    for (int i = 0; i < content.limit(); i++) {
      if (content.get(i) >= 0) { // the last byte of a number
        count++;
      }
    }
    return count;
  }

  /**
   * Every number of a field that is repeated, packed into one field or not.
   *
   * @param most there are never more
   */
  List<Long> numbers(int field, int most) {
    List<Long> numbers = new ArrayList<>();
    var walk = new Walk();
    while (walk.next()) {
      if (walk.field != field) {
        continue;
      }
      if (walk.type == BYTES) {
        var inner = new Walk(walk.content);
        while (inner.rest.hasRemaining() && numbers.size() < most) {
          numbers.add(inner.varint());
        }
      } else {
        numbers.add(walk.value);
      }
      if (numbers.size() >= most) {
        throw malformed("field " + field + " comes " + most + " times or more");
      }
    }
    return numbers;
  }

  /** A message inside this one; an empty one if it is not there. */
  ProtoMessage message(int field) {
    ByteBuffer found = ByteBuffer.allocate(0);
    var walk = new Walk();
    while (walk.next()) {
      if (walk.field == field) {
        if (walk.type != BYTES) {
          throw malformed("field " + field + " is no message");
        }
        found = walk.content;
      }
    }
    return new ProtoMessage(found, where);
  }

  /** Hands on every message of a field that is repeated, one after the other; none is kept. */
  void each(int field, Consumer<ProtoMessage> action) {
    var walk = new Walk();
    while (walk.next()) {
      if (walk.field == field) {
        if (walk.type != BYTES) {
          throw malformed("field " + field + " is no message");
        }
        action.accept(new ProtoMessage(walk.content, where));
      }
    }
  }

  /** A copy of the bytes of a field; none if it is not there. */
  byte[] bytes(int field) {
    ByteBuffer content = message(field).bytes.duplicate();
    byte[] copy = new byte[content.remaining()];
    content.get(copy);
    return copy;
  }

  /** A text; empty if it is not there. */
  String text(int field) {
    return message(field).asText();
  }

  /** What a repeated text is handed on as by {@link #each}. */
  String asText() {
    return StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
  }

  private ArchiveException malformed(String why) {
    return ImageFile.malformed(where, why);
  }

  private final class Walk {
    private final ByteBuffer rest;
    private int field;
    private int type;
    private long value;
    private ByteBuffer content = ByteBuffer.allocate(0);

    Walk() {
      this(bytes);
    }

    Walk(ByteBuffer content) {
      rest = content.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    boolean next() {
      if (!rest.hasRemaining()) {
        return false;
      }
      long key = varint();
      field = (int) (key >>> 3);
      type = (int) (key & 7);
      if (key >>> 3 == 0 || key >>> 3 > (1 << 29) - 1) {
        throw malformed("a field has no valid number");
      }
      switch (type) {
        case VARINT -> value = varint();
        case FIXED64 -> value = require(Long.BYTES).getLong();
        case FIXED32 -> value = require(Integer.BYTES).getInt();
        case BYTES -> {
          long length = varint();
          if (length < 0 || length > rest.remaining()) {
            throw malformed("field " + field + " is longer than its message");
          }
          content = rest.slice(rest.position(), (int) length);
          rest.position(rest.position() + (int) length);
        }
        default -> throw malformed("field " + field + " has the unknown type " + type);
      }
      return true;
    }

    private long varint() {
      long result = 0;
      for (int shift = 0; shift < 64; shift += 7) {
        byte b = require(1).get();
        result |= (long) (b & 0x7F) << shift;
        if (b >= 0) {
          return result;
        }
      }
      throw malformed("a number has more than ten bytes");
    }

    private ByteBuffer require(int count) {
      if (rest.remaining() < count) {
        throw malformed("it ends inside a number");
      }
      return rest;
    }
  }
}
