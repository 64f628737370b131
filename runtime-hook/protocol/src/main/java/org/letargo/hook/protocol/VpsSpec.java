package org.letargo.hook.protocol;

import java.util.List;

/** What a VPS is, whatever it is doing: decided when it is created or imported. */
public record VpsSpec(
    VpsName name,
    TemplateName template,
    VpsLimits limits,
    Ipv4Address address,
    String mac,
    List<PublishedPort> published) {
  public VpsSpec {
    published = List.copyOf(published);
  }
}
