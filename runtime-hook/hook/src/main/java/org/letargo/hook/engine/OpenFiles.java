package org.letargo.hook.engine;

import java.util.Set;

/**
 * What the open files of a running VPS ask of the engine's options.
 *
 * @param watched the inodes that somebody watches by inotify
 * @param largestDeletedBytes the largest file that is open or mapped and deleted, 0 if there is
 *     none
 * @param deletedBytes all such files together
 */
public record OpenFiles(Set<Inode> watched, long largestDeletedBytes, long deletedBytes) {
  public OpenFiles {
    watched = Set.copyOf(watched);
  }
}
