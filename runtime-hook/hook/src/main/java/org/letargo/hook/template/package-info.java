/**
 * Root file systems that VPSes start from: {@link org.letargo.hook.template.Templates}. {@link
 * org.letargo.hook.template.GuestFiles} writes into a root file system that is not trusted.
 */
package org.letargo.hook.template;
