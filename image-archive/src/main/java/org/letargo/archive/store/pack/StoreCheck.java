package org.letargo.archive.store.pack;

import java.util.List;

/**
 * What a check has found.
 *
 * @param packs how many were read
 * @param chunks how many were read and found good, copies that nobody uses included
 * @param contentBytes their content
 * @param problems the first {@value #MAX_PROBLEMS} of them
 * @param problemCount how many there are in all
 */
public record StoreCheck(
    long packs, long chunks, long contentBytes, List<StoreProblem> problems, long problemCount) {
  /** More are only counted. */
  public static final int MAX_PROBLEMS = 100_000;

  public StoreCheck {
    problems = List.copyOf(problems);
  }

  /** Whether all is well. */
  public boolean clean() {
    return problemCount == 0;
  }
}
