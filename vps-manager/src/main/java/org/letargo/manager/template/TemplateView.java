package org.letargo.manager.template;

import org.letargo.hook.protocol.TemplateName;
import org.letargo.hook.protocol.TemplateReport;

/** A template as the API shows it; schema Template. */
public record TemplateView(TemplateName name, String description, boolean built, long sizeBytes) {
  static TemplateView of(TemplateReport report) {
    return new TemplateView(
        report.name(), report.description(), report.built(), report.size().bytes());
  }
}
