package org.letargo.hook.pages;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.letargo.archive.criu.CriuImages;
import org.letargo.archive.criu.CriuProcess;

/**
 * What the memory of a checkpoint is made of, as far as it matters to a lazy restore.
 *
 * @param lazyBytes private memory that can come later, of all processes together
 * @param otherBytes what must be there before anything runs
 * @param commonBytes how much of the lazy memory a process has at the same addresses as its parent:
 *     more than they have shared since a fork, as each may have written to it since; next to
 *     nothing where another program was executed, as addresses are random
 */
public record MemoryShape(long lazyBytes, long otherBytes, long commonBytes) {

  /**
   * Looks at all pagemaps of a folder; a few milliseconds for a gigabyte.
   *
   * @param images the engine's images; of pages images nothing is read
   * @throws IOException also if a pagemap is none
   */
  public static MemoryShape read(Path images) throws IOException {
    long lazy = 0;
    long other = 0;
    try (DirectoryStream<Path> pagemaps = Files.newDirectoryStream(images, "pagemap-*.img")) {
      for (Path file : pagemaps) {
        for (PageRun run : Pagemap.read(file).runs()) {
          if (run.lazy()) {
            lazy += run.bytes();
          } else if (run.present()) {
            other += run.bytes();
          }
        }
      }
    }
    return new MemoryShape(lazy, other, common(images));
  }

  private static long common(Path images) throws IOException {
    Map<Integer, List<PageRun>> lazyOf = new HashMap<>();
    long common = 0;
    for (CriuProcess process : new CriuImages(images).processes()) { // parents come first
      Path file = images.resolve(PageObject.process(process.pid()).pagemapName());
      if (!Files.exists(file)) {
        continue; // it has ended already
      }
      List<PageRun> own = Pagemap.read(file).runs().stream().filter(PageRun::lazy).toList();
      common += common(own, lazyOf.getOrDefault(process.parentPid(), List.of()));
      lazyOf.put(process.pid(), own);
    }
    return common;
  }

  /** Bytes that both have; each by rising addresses. */
  private static long common(List<PageRun> some, List<PageRun> others) {
    long common = 0;
    int i = 0;
    int k = 0;
    while (i < some.size() && k < others.size()) {
      PageRun one = some.get(i);
      PageRun other = others.get(k);
      long from = Math.max(one.address(), other.address());
      long to = Math.min(one.end(), other.end());
      common += Math.max(0, to - from);
      if (one.end() < other.end()) {
        i++;
      } else {
        k++;
      }
    }
    return common;
  }
}
