package org.letargo.manager.cli;

import java.io.PrintStream;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressState;
import org.letargo.hook.protocol.DataSize;

/**
 * One line on a terminal that is drawn again and again and is gone at the end: what, a bar,
 * percent, phase, bytes and rate. Drawn on a thread of the library's own, so that the rate falls
 * when nothing comes.
 */
final class TerminalProgress implements ProgressDisplay {
  private static final int BAR_CELLS = 20;

  /** To the line's start, and nothing right of it. */
  private static final String CLEARED = "\r\u001b[K";

  private static final int REDRAW_MILLIS = 150;

  private final PrintStream terminal;
  private final int columns;
  private final Rate rate = new Rate();
  private ProgressBar bar;
  private volatile OperationView seen;

  TerminalProgress(PrintStream terminal, int columns) {
    this.terminal = terminal;
    this.columns = columns;
  }

  @Override
  public void accept(OperationView operation) {
    rate.add(operation.phase(), operation.doneBytes().orElse(0), System.nanoTime());
    seen = operation;
    if (bar == null) {
      bar =
          new ProgressBarBuilder()
              .setInitialMax(100)
              .setUpdateIntervalMillis(REDRAW_MILLIS)
              .continuousUpdate()
              .setRenderer(this::render)
              .setConsumer(new OneLine(terminal, columns - 1))
              .build();
    }
  }

  private String render(ProgressState ignored, int maxLength) {
    return line(seen, rate.bytesPerSecond(System.nanoTime()), maxLength);
  }

  /**
   * @param bytesPerSecond 0 when unknown
   * @param maxLength characters
   */
  static String line(OperationView operation, long bytesPerSecond, int maxLength) {
    var line = new StringBuilder(operation.kind() + " " + operation.subject() + "  ");
    if (operation.percent().isPresent()) {
      int full = operation.percent().getAsInt() * BAR_CELLS / 100;
      line.append("█".repeat(full)).append("░".repeat(BAR_CELLS - full));
      line.append(String.format(Locale.ROOT, " %3d %%  ", operation.percent().getAsInt()));
    }
    line.append(operation.phase());
    if (operation.doneBytes().isPresent()) {
      line.append("  ").append(DataSize.ofBytes(operation.doneBytes().getAsLong()));
      operation
          .totalBytes()
          .ifPresent(total -> line.append(" of ").append(DataSize.ofBytes(total)));
      if (bytesPerSecond > 0) {
        line.append("  ").append(DataSize.ofBytes(bytesPerSecond)).append("/s");
      }
    }
    return line.length() <= maxLength ? line.toString() : line.substring(0, Math.max(0, maxLength));
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
      terminal.print(CLEARED);
      terminal.flush();
    }
  }

  /** The library's own consumer asks a terminal library for the width; we know it. */
  private record OneLine(PrintStream terminal, int maxLength) implements ProgressBarConsumer {
    @Override
    public int getMaxRenderedLength() {
      return maxLength;
    }

    @Override
    public void accept(String line) {
      terminal.print(CLEARED + line);
      terminal.flush();
    }

    @Override
    public void close() {}
  }

  /** Bytes per second over the last seconds; begins anew with each phase. */
  static final class Rate {
    /** So much of the past counts. */
    private static final double MEMORY_SECONDS = 3;

    private String phase = "";
    private long bytes;
    private long atNanos;
    private double perSecond;

    synchronized void add(String inPhase, long doneBytes, long nowNanos) {
      if (!inPhase.equals(phase) || doneBytes < bytes) {
        phase = inPhase;
        bytes = doneBytes;
        atNanos = nowNanos;
        perSecond = 0;
        return;
      }
      double seconds = (nowNanos - atNanos) / 1e9;
      if (seconds <= 0 || doneBytes == bytes) {
        return;
      }
      double now = (doneBytes - bytes) / seconds;
      double weight = perSecond == 0 ? 1 : 1 - Math.exp(-seconds / MEMORY_SECONDS);
      perSecond += weight * (now - perSecond);
      bytes = doneBytes;
      atNanos = nowNanos;
    }

    synchronized long bytesPerSecond(long nowNanos) {
      double silentSeconds = (nowNanos - atNanos) / 1e9;
      return silentSeconds > MEMORY_SECONDS ? 0 : Math.round(perSecond);
    }
  }
}
