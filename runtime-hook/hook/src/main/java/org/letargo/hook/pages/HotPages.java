package org.letargo.hook.pages;

import java.util.Collections;
import java.util.HashSet;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Pages that the processes of a VPS wanted first when it was last resumed: worth being there at
 * once the next time. At most {@value #MAX_PAGES}.
 *
 * @param byPid addresses of pages by the pid inside the VPS
 */
public record HotPages(Map<Long, NavigableSet<Long>> byPid) {
  /** 8 MiB. */
  public static final int MAX_PAGES = 1 << 11;

  /**
   * In so many places of 64 KiB, which is what is read for a page before anything runs. A page of a
   * run that has no other looks as if it was wanted, and a process may have thousands of them.
   */
  static final int MAX_PLACES = 1 << 8;

  private static final int PLACE_BITS = 16;
  private static final long PAGE_BYTES = 4096;

  /** None: nothing is known. */
  public static final HotPages NONE = new HotPages(Map.of());

  public HotPages {
    Map<Long, NavigableSet<Long>> copy = new TreeMap<>();
    byPid.forEach((pid, addresses) -> copy.put(pid, new TreeSet<>(addresses)));
    if (copy.values().stream().mapToInt(NavigableSet::size).sum() > MAX_PAGES) {
      throw new IllegalArgumentException("more than " + MAX_PAGES + " hot pages");
    }
    byPid = Collections.unmodifiableMap(copy);
  }

  /** The pages in which these addresses are, by pid; as many as fit. */
  public static HotPages ofAddresses(Map<Long, NavigableSet<Long>> byPid) {
    Recorder recorder = new Recorder();
    byPid.forEach((pid, addresses) ->
        addresses.forEach(address -> recorder.keep(pid, address & -PAGE_BYTES)));
    return recorder.pages();
  }

  /** These of one process, in order. */
  NavigableSet<Long> of(long pid) {
    return byPid.getOrDefault(pid, Collections.emptyNavigableSet());
  }

  /** How many there are. */
  public int size() {
    return byPid.values().stream().mapToInt(NavigableSet::size).sum();
  }

  /**
   * These and those, as far as they fit: what was hot once and is there at once is not asked for
   * again.
   */
  public HotPages and(HotPages others) {
    Recorder both = new Recorder();
    byPid.forEach((pid, addresses) -> addresses.forEach(address -> both.keep(pid, address)));
    others.byPid.forEach((pid, addresses) -> addresses.forEach(address -> both.add(pid, address)));
    return both.pages();
  }

  /** Collects pages until there are enough. For one thread. */
  static final class Recorder {
    private final Map<Long, NavigableSet<Long>> byPid = new TreeMap<>();
    private final Set<Place> places = new HashSet<>();
    private int count;

    private record Place(long pid, long number) {}

    /** If it is in one of few places. */
    void add(long pid, long address) {
      Place place = new Place(pid, address >>> PLACE_BITS);
      if (places.contains(place) || places.size() < MAX_PLACES) {
        keep(pid, address);
      }
    }

    /** Wherever it is. */
    void keep(long pid, long address) {
      if (count < MAX_PAGES && byPid.computeIfAbsent(pid, _ -> new TreeSet<>()).add(address)) {
        places.add(new Place(pid, address >>> PLACE_BITS));
        count++;
      }
    }

    HotPages pages() {
      return new HotPages(byPid);
    }
  }
}
