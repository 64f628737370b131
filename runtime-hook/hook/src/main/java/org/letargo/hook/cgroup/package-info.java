/**
 * Control groups, of version 1 and 2: {@link org.letargo.hook.cgroup.Cgroups} is what a VPS's life
 * needs of them.
 */
package org.letargo.hook.cgroup;
