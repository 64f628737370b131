package org.letargo.archive;

import static org.letargo.archive.ArchiveException.quoted;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.util.Arrays;
import java.util.OptionalInt;

/** Manifests as JSON, both ways. Reading is strict and bounded: the bytes may be hostile. */
public final class ManifestJson {
  /**
   * Ten tokens per file at most, and room for the rest. It bounds every list before it grows: the
   * shortest list element is one token.
   */
  private static final long MAX_TOKENS = 10L * CheckpointLayout.MAX_FILES + 10_000;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxDocumentLength(CheckpointLayout.MAX_MANIFEST_BYTES)
                          .maxNestingDepth(8)
                          .maxNameLength(64)
                          .maxNumberLength(20)
                          .maxStringLength(1024)
                          .maxTokenCount(MAX_TOKENS)
                          .build())
                  .build())
          .addModule(new JavaTimeModule())
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private static final DefaultPrettyPrinter PRINTER =
      new DefaultPrettyPrinter()
          .withObjectIndenter(new DefaultIndenter("  ", "\n"))
          .withArrayIndenter(new DefaultIndenter("  ", "\n"));

  private ManifestJson() {}

  /**
   * Reads a manifest. Unknown, missing, repeated and null fields are refused.
   *
   * @throws ArchiveException REFUSED or UNSUPPORTED
   */
  public static <T> T parse(byte[] json, int offset, int length, Class<T> type) {
    if (length > CheckpointLayout.MAX_MANIFEST_BYTES) {
      throw ArchiveException.refused(
          "the manifest is refused",
          "it is longer than " + CheckpointLayout.MAX_MANIFEST_BYTES + " bytes");
    }
    try {
      return MAPPER.readValue(json, offset, length, type);
    } catch (IOException e) {
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause instanceof ArchiveException archive) {
          throw archive;
        }
      }
      throw ArchiveException.refused("the manifest is refused", reason(e));
    }
  }

  /**
   * The format version, which every version writes first. So that a manifest of another version is
   * told from one that is wrong.
   */
  public static OptionalInt formatVersion(byte[] json, int offset, int length) {
    try (JsonParser parser = MAPPER.createParser(json, offset, length)) {
      if (parser.nextToken() == JsonToken.START_OBJECT
          && "formatVersion".equals(parser.nextFieldName())
          && parser.nextToken() == JsonToken.VALUE_NUMBER_INT) {
        return OptionalInt.of(parser.getIntValue());
      }
      return OptionalInt.empty();
    } catch (IOException e) {
      return OptionalInt.empty(); // parse says what is wrong
    }
  }

  /**
   * The JSON bytes; equal manifests give equal bytes.
   *
   * @throws ArchiveException TOO_LARGE beyond {@link CheckpointLayout#MAX_MANIFEST_BYTES}
   */
  public static byte[] write(Record manifest) {
    try {
      byte[] json = MAPPER.writer(PRINTER).writeValueAsBytes(manifest);
      byte[] line = Arrays.copyOf(json, json.length + 1);
      line[json.length] = '\n';
      if (line.length > CheckpointLayout.MAX_MANIFEST_BYTES) {
        throw ArchiveException.tooLarge(
            "the checkpoint has too many files",
            "their list takes more than " + CheckpointLayout.MAX_MANIFEST_BYTES + " bytes",
            "Run fewer processes in the VPS.");
      }
      return line;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a manifest is always writable", e);
    }
  }

  private static String reason(IOException e) {
    String text = e instanceof JsonProcessingException json ? json.getOriginalMessage() : "" + e;
    return "it is not valid JSON of this format, " + quoted(text); // it may quote the input
  }
}
