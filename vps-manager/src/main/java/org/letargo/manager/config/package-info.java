/**
 * The manager's part of {@code letargo.yaml}. {@link org.letargo.manager.config.ConfigFile} reads
 * it into {@link org.letargo.manager.config.ManagerConfig}, with all its errors at once; the
 * section {@code hook} is the hook's and not looked at.
 */
package org.letargo.manager.config;
