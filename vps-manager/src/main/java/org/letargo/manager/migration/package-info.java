/**
 * VPSes that move from one host to another: {@link org.letargo.manager.migration.MigrateVps} drives
 * at the source, {@link org.letargo.manager.migration.Arrivals} answers at the target, {@link
 * org.letargo.manager.migration.MigrationUpkeep} ends what was left open. The hooks keep where a
 * VPS stands; nothing here is believed that was not asked of them.
 */
package org.letargo.manager.migration;
