package org.letargo.archive.checkpoint;

import static org.letargo.archive.ArchiveException.quoted;

import java.util.regex.Pattern;
import org.letargo.archive.ArchiveException;
import org.letargo.archive.CheckpointLayout;
import org.letargo.archive.recipe.RecipeNode;
import org.letargo.archive.recipe.RecipeRoot;
import org.letargo.archive.store.ChunkId;

/**
 * One file of a checkpoint.
 *
 * @param path one of the names of {@link CheckpointLayout#isAllowed}
 * @param sizeBytes 0 to 16 TiB
 * @param root id of the top node of its recipe, 64 lower-case hexadecimal digits
 * @param recipeBytes of its recipe as it stands in an archive: 5 bytes to 16 TiB
 */
public record CheckpointFile(String path, long sizeBytes, String root, long recipeBytes) {
  private static final Pattern ROOT = Pattern.compile("[0-9a-f]{64}");
  private static final long MIN_RECIPE_BYTES = Integer.BYTES + 1;

  /**
   * @throws ArchiveException REFUSED if the path is not allowed or a value has the wrong form
   */
  public CheckpointFile {
    if (path == null || !CheckpointLayout.isAllowed(path)) {
      throw refused(String.valueOf(path), "no checkpoint has a file of that name");
    }
    if (sizeBytes < 0 || sizeBytes > RecipeNode.MAX_CONTENT_BYTES) {
      throw refused(path, "its size " + sizeBytes + " is not from 0 to 16 TiB");
    }
    if (root == null || !ROOT.matcher(root).matches()) {
      throw refused(path, "its root " + quoted(String.valueOf(root)) + " is no hash");
    }
    if (recipeBytes < MIN_RECIPE_BYTES || recipeBytes > RecipeNode.MAX_CONTENT_BYTES) {
      throw refused(path, "its recipe of " + recipeBytes + " bytes is not from 5 to 16 TiB");
    }
  }

  static CheckpointFile of(String path, RecipeRoot root) {
    return new CheckpointFile(path, root.sizeBytes(), root.id().toString(), root.recipeBytes());
  }

  /** The root as an id. */
  public ChunkId rootId() {
    return ChunkId.parse(root);
  }

  static ArchiveException refused(String path, String why) {
    return ArchiveException.refused("file " + quoted(path) + " of the manifest is refused", why);
  }
}
