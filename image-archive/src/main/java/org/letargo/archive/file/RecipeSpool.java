package org.letargo.archive.file;

import static org.letargo.archive.ArchiveException.quoted;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import org.letargo.archive.ArchiveException;
import org.letargo.archive.checkpoint.CheckpointFile;
import org.letargo.archive.recipe.RecipeNode;
import org.letargo.archive.store.ChunkId;

/**
 * The recipes of an archive on their way in. Each node is compared with the hash that the manifest
 * or its parent has, before it is looked into; then those that have items wait in a file, as the
 * recipes of a large checkpoint do not fit into memory. First all is taken in, then read back.
 */
final class RecipeSpool implements Closeable {
  private static final int BUFFER_BYTES = 64 << 10;

  private final FileChannel file;
  private final DataOutputStream out;

  /** Where nodes come from: exactly so many bytes of the archive. */
  @FunctionalInterface
  interface Bytes {
    void read(byte[] target, int length) throws IOException;
  }

  RecipeSpool(FileChannel file) {
    this.file = file;
    this.out =
        new DataOutputStream(
            new BufferedOutputStream(Channels.newOutputStream(file), BUFFER_BYTES));
  }

  /**
   * Takes the recipe of one file in.
   *
   * @throws ArchiveException CORRUPT if it is not the one that the manifest names
   */
  void take(CheckpointFile of, Bytes archive) throws IOException {
    var tree = new Tree(of, archive);
    RecipeNode root = tree.node(of.rootId());
    tree.requireContent(root, of.sizeBytes());
    tree.beneath(root);
    if (tree.left != 0) {
      throw damaged(of, "there is more of it than its nodes");
    }
    out.writeInt(0); // the end of this recipe
  }

  /** One recipe being taken in. */
  private final class Tree {
    private final CheckpointFile of;
    private final Bytes archive;
    private long left;

    Tree(CheckpointFile of, Bytes archive) {
      this.of = of;
      this.archive = archive;
      this.left = of.recipeBytes();
    }

    RecipeNode node(ChunkId id) throws IOException {
      byte[] head = new byte[Integer.BYTES];
      read(head);
      int length = Integer.reverseBytes(ByteBuffer.wrap(head).getInt());
      if (length < 1 || length > RecipeNode.MAX_BYTES) {
        throw damaged(of, "a node claims " + Integer.toUnsignedString(length) + " bytes");
      }
      byte[] bytes = new byte[length];
      read(bytes);
      if (!PlainRecipes.sha256(ByteBuffer.wrap(bytes)).equals(id)) {
        throw damaged(of, "a node does not have the SHA-256 that names it");
      }
      return RecipeNode.parse(bytes);
    }

    private void read(byte[] target) throws IOException {
      if (left < target.length) {
        throw damaged(of, "it ends inside a node");
      }
      archive.read(target, target.length);
      left -= target.length;
    }

    void requireContent(RecipeNode node, long bytes) {
      if (node.contentBytes() != bytes) {
        throw damaged(of, "it gives " + node.contentBytes() + " bytes instead of " + bytes);
      }
    }

    /** At most as deep as there are levels: they fall. */
    void beneath(RecipeNode node) throws IOException {
      if (node.level() == 0) {
        byte[] bytes = new byte[node.bytes().remaining()];
        node.bytes().get(bytes);
        out.writeInt(bytes.length);
        out.write(bytes);
        return;
      }
      RecipeNode.Items children = node.items();
      while (children.next()) {
        RecipeNode child = node(children.child());
        requireContent(child, children.lengthBytes());
        if (child.level() != node.level() - 1) {
          throw damaged(of, "a node has another level than the one above it says");
        }
        beneath(child);
      }
    }
  }

  private static ArchiveException damaged(CheckpointFile of, String why) {
    return ArchiveException.corrupt(
        "the archive is damaged at the recipe of " + quoted(of.path()), why);
  }

  /** All recipes have been taken in; gives them back in the same order. */
  Reader reader() throws IOException {
    out.flush();
    file.position(0);
    return new Reader(
        new DataInputStream(new BufferedInputStream(Channels.newInputStream(file), BUFFER_BYTES)));
  }

  /** Gives the nodes of one recipe after the other. */
  record Reader(DataInputStream in) {
    /** The items of the next node; empty at the end of a recipe. */
    java.util.Optional<RecipeNode.Items> next() throws IOException {
      int length = in.readInt();
      if (length == 0) {
        return java.util.Optional.empty();
      }
      return java.util.Optional.of(RecipeNode.parse(in.readNBytes(length)).items());
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
