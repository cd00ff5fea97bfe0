// Private endpoints, and the zones that make their names resolve in both networks.

@description('Unique suffix of names.')
param token string

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Subnet of the endpoints.')
param subnetId string

@description('Networks in which the names resolve.')
param networkIds array

@description('Host storage account.')
param hostStorageId string

@description('Data storage account.')
param dataStorageId string

@description('Vault.')
param vaultId string

@description('Registry.')
param registryId string

@description('Durable Task Scheduler; empty: none.')
param schedulerId string

var storageSuffix = environment().suffixes.storage
var zones = concat(
  [
    'privatelink.blob.${storageSuffix}'
    'privatelink.queue.${storageSuffix}'
    'privatelink.table.${storageSuffix}'
    'privatelink.vaultcore.azure.net'
    'privatelink.azurecr.io'
  ],
  empty(schedulerId) ? [] : ['privatelink.durabletask.io'])

// zone: index into zones.
var services = concat(
  [
    { name: 'host-blob', id: hostStorageId, part: 'blob', zone: 0 }
    { name: 'host-queue', id: hostStorageId, part: 'queue', zone: 1 }
    { name: 'host-table', id: hostStorageId, part: 'table', zone: 2 }
    { name: 'data-blob', id: dataStorageId, part: 'blob', zone: 0 }
    { name: 'data-queue', id: dataStorageId, part: 'queue', zone: 1 }
    { name: 'data-table', id: dataStorageId, part: 'table', zone: 2 }
    { name: 'vault', id: vaultId, part: 'vault', zone: 3 }
    { name: 'registry', id: registryId, part: 'registry', zone: 4 }
  ],
  empty(schedulerId) ? [] : [{ name: 'scheduler', id: schedulerId, part: 'scheduler', zone: 5 }])

resource dnsZones 'Microsoft.Network/privateDnsZones@2024-06-01' = [for zone in zones: {
  name: zone
  location: 'global'
  tags: tags
}]

module links 'zone-links.bicep' = [for (zone, i) in zones: {
  name: 'links-${i}'
  params: {
    zoneName: dnsZones[i].name
    networkIds: networkIds
    tags: tags
  }
}]

resource endpoints 'Microsoft.Network/privateEndpoints@2024-10-01' = [for service in services: {
  name: 'pep-${service.name}-${token}'
  location: location
  tags: tags
  properties: {
    subnet: { id: subnetId }
    privateLinkServiceConnections: [
      {
        name: service.name
        properties: { privateLinkServiceId: service.id, groupIds: [service.part] }
      }
    ]
  }
}]

resource zoneGroups 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2024-10-01' = [for (service, i) in services: {
  parent: endpoints[i]
  name: 'default'
  properties: {
    privateDnsZoneConfigs: [{ name: service.part, properties: { privateDnsZoneId: dnsZones[service.zone].id } }]
  }
}]
