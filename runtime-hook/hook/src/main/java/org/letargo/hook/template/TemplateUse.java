package org.letargo.hook.template;

/** Keeps a template where it is until it is closed, by the thread that began it or another. */
public final class TemplateUse implements AutoCloseable {
  private final Runnable end;

  TemplateUse(Runnable end) {
    this.end = end;
  }

  @Override
  public void close() {
    end.run();
  }
}
