package org.letargo.archive.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import org.letargo.archive.recipe.Recipe;
import org.letargo.archive.recipe.RecipeCursor;
import org.letargo.archive.recipe.RecipeItem;

/**
 * Tells parts of a file from others by the chunks that they are made of, without reading them.
 * Equal names mean equal bytes; the same bytes may have two names, if they were cut otherwise. For
 * one thread, from the beginning of the file to its end.
 */
public final class ContentIds {
  private final Recipe recipe;
  private final StoredCheckpoint.Errors errors;
  private final MessageDigest name;
  private final MessageDigest literals;
  private Optional<RecipeCursor> cursor = Optional.empty();
  private long literalBytes;

  ContentIds(Recipe recipe, StoredCheckpoint.Errors errors) {
    this.recipe = recipe;
    this.errors = errors;
    try {
      this.name = MessageDigest.getInstance("SHA-256");
      this.literals = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Length of the file. */
  public long sizeBytes() {
    return recipe.sizeBytes();
  }

  /**
   * Names a part.
   *
   * @param offset not before the end of the part before
   * @param lengthBytes up to the end of the file
   * @throws org.letargo.archive.ArchiveException CORRUPT if the recipe cannot be read
   */
  public String of(long offset, long lengthBytes) throws IOException {
    try {
      long end = offset + lengthBytes;
      for (long at = offset; at < end; ) {
        RecipeCursor here = moveTo(at);
        long next = Math.min(end, here.end());
        add(here.item(), at - here.offset(), next - at);
        at = next;
      }
      endLiteral();
      return HexFormat.of().formatHex(name.digest());
    } catch (IOException | RuntimeException e) {
      throw errors.in(e);
    }
  }

  /** The item that has the byte at an offset; what is far away is found from the root. */
  private RecipeCursor moveTo(long at) throws IOException {
    if (cursor.isPresent() && at < cursor.get().end()) {
      return cursor.get();
    }
    if (cursor.isEmpty() || at > cursor.get().end()) {
      cursor = Optional.of(recipe.at(at));
    }
    cursor.get().next();
    return cursor.get();
  }

  private void add(RecipeItem item, long from, long lengthBytes) {
    switch (item) {
      case RecipeItem.Chunk chunk -> {
        add('C', from, lengthBytes);
        name.update(chunk.id().bytes());
      }
      case RecipeItem.Zeros _ -> add('Z', 0, lengthBytes);
      case RecipeItem.Literal literal -> {
        literals.update(literal.bytes(), literal.offset() + (int) from, (int) lengthBytes);
        literalBytes += lengthBytes;
      }
    }
  }

  private void add(char kind, long from, long lengthBytes) {
    endLiteral();
    name.update(numbers(kind, from, lengthBytes));
  }

  /** Literals that follow each other are one, wherever a node ends. */
  private void endLiteral() {
    if (literalBytes > 0) {
      name.update(numbers('L', 0, literalBytes));
      name.update(literals.digest());
      literalBytes = 0;
    }
  }

  private static byte[] numbers(char kind, long from, long lengthBytes) {
    return ByteBuffer.allocate(1 + 2 * Long.BYTES)
        .put((byte) kind)
        .putLong(from)
        .putLong(lengthBytes)
        .array();
  }
}
