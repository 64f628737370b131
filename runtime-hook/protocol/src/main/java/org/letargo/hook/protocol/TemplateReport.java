package org.letargo.hook.protocol;

/**
 * A template.
 *
 * @param description one line for people
 * @param built whether VPSes can be created from it now; one that ships with Letargo is listed
 *     before it has been built
 * @param size bytes on disk; zero when it is not built
 */
public record TemplateReport(TemplateName name, String description, boolean built, DataSize size) {}
