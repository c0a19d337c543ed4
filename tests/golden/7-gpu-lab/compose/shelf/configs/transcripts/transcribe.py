print('transcribe /srv/recordings here')
