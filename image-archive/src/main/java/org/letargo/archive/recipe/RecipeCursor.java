package org.letargo.archive.recipe;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/** A place in a recipe: steps from item to item. For one thread. */
public final class RecipeCursor {
  private final Recipe recipe;
  private final Deque<Place> places = new ArrayDeque<>();
  private long nextOffset;
  private boolean reachedFirst; // the item at the offset asked for has been stepped to already

  private record Place(RecipeNode node, RecipeNode.Items items) {}

  RecipeCursor(Recipe recipe, long offset) throws IOException {
    this.recipe = recipe;
    RecipeNode node = recipe.root();
    if (offset == recipe.sizeBytes()) {
      nextOffset = offset;
      return; // nothing is behind the end
    }
    for (; ; ) {
      RecipeNode.Items items = node.items();
      places.push(new Place(node, items));
      while (items.next() && nextOffset + items.lengthBytes() <= offset) {
        nextOffset += items.lengthBytes();
      }
      if (node.level() == 0) {
        break;
      }
      node = recipe.child(node, items.id(), items.lengthBytes());
    }
    reachedFirst = true;
  }

  /**
   * Steps to the next item.
   *
   * @return false at the end
   */
  public boolean next() throws IOException {
    if (reachedFirst) {
      reachedFirst = false;
      nextOffset += places.peek().items.lengthBytes();
      return true;
    }
    while (!places.isEmpty()) {
      Place place = places.peek();
      if (!place.items.next()) {
        places.pop();
      } else if (place.node.level() > 0) {
        RecipeNode child = recipe.child(place.node, place.items.id(), place.items.lengthBytes());
        places.push(new Place(child, child.items()));
      } else {
        nextOffset += place.items.lengthBytes();
        return true;
      }
    }
    return false;
  }

  /** The item; only after {@link #next} said that there is one. */
  public RecipeItem item() {
    return places.peek().items.item();
  }

  /** Where the item begins in the content. */
  public long offset() {
    return nextOffset - places.peek().items.lengthBytes();
  }

  /** Where the item ends. */
  public long end() {
    return nextOffset;
  }
}
