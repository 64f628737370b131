package org.letargo.hook.protocol.testing;

import java.io.BufferedInputStream;
import java.io.IOException;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.DataSize;
import org.letargo.hook.protocol.Done;
import org.letargo.hook.protocol.HookExchange;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.TemplateReport;
import org.letargo.hook.protocol.VpsException;

/** What is done to templates in one life of the fake. */
final class FakeTemplates {
  private static final DataSize BUILT_SIZE = DataSize.ofMebibytes(64);

  private final FakeLife life;
  private final FakeHook hook;
  private final FakeHost host;

  FakeTemplates(FakeLife life, FakeHook hook, FakeHost host) {
    this.life = life;
    this.hook = hook;
    this.host = host;
  }

  TemplateReport build(HookRequest.BuildTemplate build, HookExchange exchange) {
    TemplateReport template = host.template(build.name());
    life.work(build, exchange);
    return commitTemplate(
        build, new TemplateReport(build.name(), template.description(), true, BUILT_SIZE));
  }

  TemplateReport add(HookRequest.AddTemplate add, HookExchange exchange) {
    if (host.templates().stream().anyMatch(t -> t.name().equals(add.name()))) {
      throw new VpsException(
          Code.NAME_TAKEN,
          "cannot add template '" + add.name() + "'",
          "there is one of that name",
          "Choose another name.");
    }
    hook.pass(add, Moment.BEGUN);
    FakeLife.Stream stream = life.new Stream(add, exchange, 0);
    try {
      BufferedInputStream in = new BufferedInputStream(exchange.input());
      if (FakeArchive.TEMPLATE.begins(in)) {
        TemplateReport from = FakeArchive.read(FakeArchive.TEMPLATE, in, _ -> {}, stream::done);
        return commitTemplate(
            add, new TemplateReport(add.name(), from.description(), true, from.size()));
      }
      long size = 0;
      byte[] block = new byte[64 << 10];
      for (int count = in.read(block); count >= 0; count = in.read(block)) {
        size += count;
        stream.done(size);
      }
      return commitTemplate(
          add, new TemplateReport(add.name(), "added", true, DataSize.ofBytes(size)));
    } catch (IOException e) {
      throw FakeLife.lostCaller();
    }
  }

  Done export(HookRequest.ExportTemplate export, HookExchange exchange) {
    life.write(export, FakeArchive.TEMPLATE, host.built(export.name()), exchange);
    return life.commit(export, Done::new);
  }

  Done remove(HookRequest.RemoveTemplate remove, HookExchange exchange) {
    host.built(remove.name());
    life.work(remove, exchange);
    return life.commit(
        remove,
        () -> {
          host.removeTemplate(remove.name());
          return new Done();
        });
  }

  private TemplateReport commitTemplate(
      HookRequest.Change<TemplateReport> change, TemplateReport template) {
    return life.commit(change, () -> host.put(template));
  }
}
