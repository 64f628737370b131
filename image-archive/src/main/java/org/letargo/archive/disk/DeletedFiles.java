package org.letargo.archive.disk;

import static org.letargo.archive.ArchiveException.quoted;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import org.letargo.archive.ArchiveException;

/**
 * {@code deleted.files}: a JSON array of absolute paths, as podman writes it. A byte that is no
 * UTF-8 becomes the lone surrogate U+DC80 to U+DCFF, written as an escape; podman reads those as
 * U+FFFD, we read them back.
 */
final class DeletedFiles {
  private static final int SURROGATE = 0xDC00;
  private static final int MAX_STRING_CHARS = EntryPaths.MAX_PATH_BYTES + 1;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
          .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
          .disable(StreamReadFeature.AUTO_CLOSE_SOURCE)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(1)
                  .maxStringLength(MAX_STRING_CHARS)
                  .build())
          .build();

  private DeletedFiles() {}

  /** Takes one path at a time, raw, without the leading slash. */
  @FunctionalInterface
  interface PathVisitor {
    void path(String rawPath) throws IOException;
  }

  /** Writes the list; the stream stays open, it is the caller's. */
  static final class Writer implements AutoCloseable {
    private final JsonGenerator json;

    Writer(OutputStream out) throws IOException {
      json = JSON.createGenerator(out);
      json.writeStartArray();
    }

    void add(String rawPath) throws IOException {
      json.writeString(toJson("/" + rawPath));
    }

    void finish() throws IOException {
      json.writeEndArray();
      json.flush();
    }

    @Override
    public void close() throws IOException {
      json.close();
    }
  }

  /**
   * Reads the list, one path at a time.
   *
   * @throws ArchiveException REFUSED for other JSON, other paths, more paths than allowed
   */
  static long read(InputStream in, long maxPaths, PathVisitor visitor) throws IOException {
    long count = 0;
    try (JsonParser json = JSON.createParser(in)) {
      if (json.nextToken() != JsonToken.START_ARRAY) {
        throw refused("it is not a JSON array");
      }
      while (json.nextToken() == JsonToken.VALUE_STRING) {
        if (++count > maxPaths) {
          throw ArchiveException.tooLarge(
              "the list of deleted files is too long",
              "with the files there are more than the limit allows",
              "Raise the limit if you trust the archive.");
        }
        visitor.path(allowed(fromJson(json.getText())));
      }
      if (json.currentToken() != JsonToken.END_ARRAY || json.nextToken() != null) {
        throw refused("it is not a JSON array of strings and nothing else");
      }
    } catch (JsonProcessingException e) {
      throw refused("it is not valid JSON, " + quoted(e.getOriginalMessage()));
    }
    return count;
  }

  private static String allowed(String absolute) {
    if (!absolute.startsWith("/")) {
      throw refused("path " + quoted(RawPaths.shown(absolute)) + " does not begin with a slash");
    }
    String path = absolute.substring(1);
    String problem = EntryPaths.problem(path);
    if (!problem.isEmpty()) {
      throw refused("at " + quoted(RawPaths.shown(absolute)) + " " + problem);
    }
    return path;
  }

  static String toJson(String raw) {
    ByteBuffer bytes = ByteBuffer.wrap(raw.getBytes(StandardCharsets.ISO_8859_1));
    CharBuffer text = CharBuffer.allocate(bytes.remaining());
    var decoder = StandardCharsets.UTF_8.newDecoder(); // reports what is malformed
    while (true) {
      var result = decoder.decode(bytes, text, true);
      if (result.isUnderflow()) {
        return text.flip().toString();
      }
      for (int i = 0; i < result.length(); i++) {
        text.put((char) (SURROGATE + (bytes.get() & 255)));
      }
      decoder.reset();
    }
  }

  static String fromJson(String text) {
    var raw = new StringBuilder(text.length());
    text.codePoints()
        .forEach(point -> {
          if (point >= SURROGATE + 0x80 && point <= SURROGATE + 0xFF) {
            raw.append((char) (point - SURROGATE));
          } else if (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE) {
            throw refused("a path has half a character in it");
          } else {
            byte[] utf8 = Character.toString(point).getBytes(StandardCharsets.UTF_8);
            raw.append(new String(utf8, StandardCharsets.ISO_8859_1));
          }
        });
    return raw.toString();
  }

  private static ArchiveException refused(String why) {
    return ArchiveException.refused("the list of deleted files is refused", why);
  }
}
