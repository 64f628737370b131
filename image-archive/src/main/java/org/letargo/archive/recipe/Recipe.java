package org.letargo.archive.recipe;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.letargo.archive.store.ChunkId;

/**
 * The recipe of one file, read as far as it is needed. Nodes are checked when they are read; the
 * last few are kept. May be used by several threads, each with its own {@link RecipeCursor}.
 */
public final class Recipe {
  /** About 1 MiB of nodes: the recipes of 4 GiB of memory. */
  private static final int KEPT_NODES = 64;

  private final NodeSource nodes;
  private final ChunkId root;
  private final long sizeBytes;

  /** The lock is the map itself. */
  private final Map<ChunkId, RecipeNode> kept =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ChunkId, RecipeNode> eldest) {
          return size() > KEPT_NODES;
        }
      };

  private Recipe(NodeSource nodes, ChunkId root, long sizeBytes) {
    this.nodes = nodes;
    this.root = root;
    this.sizeBytes = sizeBytes;
  }

  /**
   * Names a recipe; nothing is read yet.
   *
   * @param sizeBytes what the manifest says; a recipe of another length is corrupt
   */
  public static Recipe of(NodeSource nodes, ChunkId root, long sizeBytes) {
    return new Recipe(nodes, root, sizeBytes);
  }

  /** Length of the content. */
  public long sizeBytes() {
    return sizeBytes;
  }

  /** The items from the beginning on. */
  public RecipeCursor begin() throws IOException {
    return at(0);
  }

  /**
   * The items from the one on that has the byte at an offset.
   *
   * @param offset 0 to the size; at the size there are none
   * @throws org.letargo.archive.ArchiveException CORRUPT if the recipe is not one of this size
   */
  public RecipeCursor at(long offset) throws IOException {
    if (offset < 0 || offset > sizeBytes) {
      throw new IndexOutOfBoundsException("offset " + offset + " of " + sizeBytes);
    }
    return new RecipeCursor(this, offset);
  }

  RecipeNode root() throws IOException {
    RecipeNode node = node(root);
    if (node.contentBytes() != sizeBytes) {
      throw RecipeNode.malformed(
          "it gives " + node.contentBytes() + " bytes instead of " + sizeBytes);
    }
    return node;
  }

  /** A child, which must be what its parent says. */
  RecipeNode child(RecipeNode parent, ChunkId id, long contentBytes) throws IOException {
    RecipeNode node = node(id);
    if (node.level() != parent.level() - 1 || node.contentBytes() != contentBytes) {
      throw RecipeNode.malformed("a node is not what the one above it says");
    }
    return node;
  }

  private RecipeNode node(ChunkId id) throws IOException {
    synchronized (kept) {
      RecipeNode node = kept.get(id);
      if (node != null) {
        return node;
      }
    }
    RecipeNode node = RecipeNode.read(nodes, id);
    synchronized (kept) {
      kept.put(id, node);
    }
    return node;
  }

  /**
   * Walks over all nodes, parents before children, in the order of the content.
   *
   * @param visitor says for each node whether to go on beneath it, before it is read
   */
  public void walk(Visitor visitor) throws IOException {
    if (visitor.enter(root)) {
      walk(root(), root, visitor);
    }
  }

  private void walk(RecipeNode node, ChunkId id, Visitor visitor) throws IOException {
    visitor.node(node);
    RecipeNode.Items items = node.items();
    while (items.next()) {
      if (node.level() == 0) {
        visitor.item(items.item());
      } else if (visitor.enter(items.id())) {
        walk(child(node, items.id(), items.lengthBytes()), items.id(), visitor);
      }
    }
    visitor.leave(id);
  }

  /** Sees a recipe node by node. */
  public interface Visitor {
    /** Whether to read this node and what is beneath it. */
    boolean enter(ChunkId node) throws IOException;

    /** The node that was entered last has been read. */
    default void node(RecipeNode node) throws IOException {}

    /** An item of the node that was entered last. */
    void item(RecipeItem item) throws IOException;

    /** All beneath this node has been seen. */
    default void leave(ChunkId node) throws IOException {}
  }
}
