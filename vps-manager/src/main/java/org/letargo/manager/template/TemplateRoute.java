package org.letargo.manager.template;

import java.util.List;
import org.letargo.hook.protocol.TemplateName;
import org.letargo.manager.operation.Operations;
import org.letargo.manager.web.Call;
import org.letargo.manager.web.Endpoints;
import org.letargo.manager.web.FileAnswer;
import org.letargo.manager.web.Uploads;

/** Templates: look, build, add, carry away, remove. */
public final class TemplateRoute {
  record TemplateList(List<TemplateView> templates) {}

  private final Templates templates;
  private final Operations operations;

  public TemplateRoute(Templates templates, Operations operations) {
    this.templates = templates;
    this.operations = operations;
  }

  public void addTo(Endpoints endpoints) {
    endpoints
        .add("listTemplates", this::list)
        .add("buildTemplate", this::build)
        .add("addTemplate", this::add)
        .add("exportTemplate", this::export)
        .add("removeTemplate", this::remove);
  }

  private void list(Call call) {
    call.blocking(() ->
        call.answer(
            200, new TemplateList(templates.list().stream().map(TemplateView::of).toList())));
  }

  private void build(Call call) {
    TemplateName name = new TemplateName(call.path("name"));
    call.blocking(() -> call.accepted(templates.build(name, call.by())));
  }

  private void add(Call call) {
    TemplateName name = new TemplateName(call.path("name"));
    Uploads.receive(call, operations, upload -> templates.add(name, call.by(), upload));
  }

  private void export(Call call) {
    TemplateName name = new TemplateName(call.path("name"));
    FileAnswer answer = new FileAnswer(call, name + ".template.tar.zst");
    call.blocking(() -> templates.export(name, call.by(), answer));
  }

  private void remove(Call call) {
    TemplateName name = new TemplateName(call.path("name"));
    call.blocking(() -> call.accepted(templates.remove(name, call.by())));
  }
}
