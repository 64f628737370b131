/**
 * The hand-over of a VPS from one host to another: what each of the two keeps durably, so that
 * whatever dies, whenever, exactly one of them has it. {@link
 * org.letargo.hook.migration.Migrations} is the entry; how a VPS is suspended, sent and resumed is
 * the business of {@code org.letargo.hook.change}.
 */
package org.letargo.hook.migration;
