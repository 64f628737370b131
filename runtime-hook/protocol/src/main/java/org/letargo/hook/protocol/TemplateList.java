package org.letargo.hook.protocol;

import java.util.List;

/** Templates, by name. */
public record TemplateList(List<TemplateReport> templates) {
  public TemplateList {
    templates = List.copyOf(templates);
  }
}
