// Sends each upload to the function BlobUploaded. Deployed by infra/scripts/subscribe after the code, once the app has made its webhook key.
targetScope = 'resourceGroup'

@description('System topic of the data account.')
param topicName string

@description('Identity of the topic, which may write to the dead-letter container.')
param identityId string

@description('Data account.')
param storageId string

@description('Address of the function app, https://….')
param appUri string

@secure()
@description('System key "blobs_extension" of the app.')
param blobsKey string

@description('Function that handles uploads.')
param functionName string = 'BlobUploaded'

@description('Container that uploads go to.')
param container string = 'incoming'

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = {
  name: topicName
}

resource uploads 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = {
  parent: topic
  name: 'uploads'
  properties: {
    destination: {
      endpointType: 'WebHook'
      properties: {
        endpointUrl: '${appUri}/runtime/webhooks/blobs?functionName=Host.Functions.${functionName}&code=${uriComponent(blobsKey)}'
        maxEventsPerBatch: 1
      }
    }
    eventDeliverySchema: 'EventGridSchema'
    filter: {
      includedEventTypes: ['Microsoft.Storage.BlobCreated']
      subjectBeginsWith: '/blobServices/default/containers/${container}/blobs/'
    }
    retryPolicy: { maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 }
    deadLetterWithResourceIdentity: {
      identity: { type: 'UserAssigned', userAssignedIdentity: identityId }
      deadLetterDestination: {
        endpointType: 'StorageBlob'
        properties: { resourceId: storageId, blobContainerName: 'dead-letters' }
      }
    }
  }
}
