/**
 * The manager: the unprivileged side of Letargo. {@link org.letargo.manager.Manager} puts its parts
 * together, {@link org.letargo.manager.ManagerMain} is the program. It decides who may do what and
 * keeps the journal of operations; what VPSes there are and how they do only the hook knows.
 */
package org.letargo.manager;
