package org.letargo.hook.pages;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Writes down what it gets; gives every buffer back at once after a look at its content. */
final class RecordingSink implements PageSink {
  final List<String> calls = new ArrayList<>();
  private boolean open;
  private boolean finished;

  @Override
  public void begin(PageObject object, int pagesId) {
    expect(!open && !finished);
    open = true;
    calls.add("begin " + object.kind() + " " + object.number() + " pages-" + pagesId);
  }

  @Override
  public void run(PageRun run) {
    expect(open);
    calls.add("run %x %d%s".formatted(run.address(), run.pages(), run.lazy() ? " lazy" : ""));
  }

  @Override
  public void window(long address, PageBuffer content) {
    expect(open);
    try (content) {
      int bytes = content.bytes().remaining();
      expect(bytes > 0 && bytes <= WINDOW_BYTES && bytes % PageRun.PAGE_BYTES == 0);
      StringBuilder fills = new StringBuilder();
      for (int at = 0; at < bytes; at += PageRun.PAGE_BYTES) {
        byte fill = content.bytes().get(at);
        for (int i = 0; i < PageRun.PAGE_BYTES; i++) {
          expect(content.bytes().get(at + i) == fill);
        }
        fills.append("%02x".formatted(fill));
      }
      calls.add("window %x %s".formatted(address, fills));
    }
  }

  @Override
  public void end() {
    expect(open);
    open = false;
    calls.add("end");
  }

  @Override
  public void finish() throws IOException {
    expect(!open && !finished);
    finished = true;
    calls.add("finish");
  }

  private void expect(boolean that) {
    if (!that) {
      throw new AssertionError("after " + calls);
    }
  }
}
